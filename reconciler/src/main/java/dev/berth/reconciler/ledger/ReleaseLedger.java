package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Pins;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.reconciler.live.Observation;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The releases of each app that were ready last, in a file for each app, {@code shop.json}.
 * Confined to the thread of the pass.
 */
public final class ReleaseLedger {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseLedger.class);

    private final @Nullable Path directory;
    private final Map<ResourceId, List<KnownRelease>> known = new HashMap<>();
    private @Nullable Set<ResourceId> retained;

    private ReleaseLedger(@Nullable Path directory) {
        this.directory = directory;
    }

    /** One that a restart forgets. */
    public static ReleaseLedger inMemory() {
        return new ReleaseLedger(null);
    }

    /**
     * One in files, each replaced whole. A file that can't be read counts as none; what can't be
     * written is known until a restart.
     *
     * @param directory made when it is missing
     */
    public static ReleaseLedger inDirectory(Path directory) {
        return new ReleaseLedger(directory);
    }

    /** What a file has. */
    private record Entries(List<KnownRelease> releases) {
        Entries {
            releases = List.copyOf(releases);
        }
    }

    /** The releases of an app that can be gone back to, newest first. */
    public List<KnownRelease> of(ResourceId app) {
        return known.computeIfAbsent(app, this::read);
    }

    /**
     * What should be, with the pins of apps followed: to what is remembered; where nothing is, to
     * what runs, which tells all that is needed itself.
     */
    public DesiredState pinned(DesiredState desired, Observation observation) {
        return switch (desired) {
            case DesiredState.Known known ->
                    Pins.follow(
                            known,
                            known.apps().values().stream()
                                    .filter(app -> app.pin() != null)
                                    .map(DesiredApp::id)
                                    .collect(
                                            Collectors.toMap(
                                                    app -> app, app -> known(app, observation))));
            case DesiredState.Unknown unknown -> unknown;
        };
    }

    private List<KnownRelease> known(ResourceId app, Observation observation) {
        List<KnownRelease> remembered = of(app);
        return remembered.isEmpty() && observation instanceof Observation.Known(var live)
                ? LivingReleases.of(live, app)
                : remembered;
    }

    /**
     * Forgets releases of apps that are neither declared nor alive: another one of the same name
     * can't go back to them. Nothing is forgotten while that can't be told.
     */
    public void retain(DesiredState.Known desired, Observation observation) {
        if (desired.pruneHold() == null && observation instanceof Observation.Known(var live)) {
            Set<ResourceId> apps = new HashSet<>(desired.apps().keySet());
            apps.addAll(desired.held());
            apps.addAll(live.networks().keySet());
            live.containers().forEach(container -> apps.add(container.owner()));
            retain(apps);
        }
    }

    private void retain(Set<ResourceId> apps) {
        if (apps.equals(retained)) {
            return;
        }
        retained = Set.copyOf(apps);
        known.keySet().retainAll(apps);
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        Set<Path> files = apps.stream().map(this::file).collect(Collectors.toSet());
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "*.json")) {
            for (Path file : all) {
                if (!files.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            retained = null;
            LOG.warn("can't remove releases of apps that are gone from {}", directory, e);
        }
    }

    /**
     * A release is ready.
     *
     * @param keep how many are remembered, this one included
     */
    public void ready(ResourceId app, KnownRelease release, int keep) {
        List<KnownRelease> before = of(app);
        boolean newest = !before.isEmpty() && before.getFirst().id().equals(release.id());
        if (newest && before.size() <= keep) {
            return;
        }
        List<KnownRelease> next =
                Stream.concat(
                                Stream.of(newest ? before.getFirst() : release),
                                before.stream().filter(r -> !r.id().equals(release.id())))
                        .limit(keep)
                        .toList();
        known.put(app, next);
        write(app, next);
    }

    private List<KnownRelease> read(ResourceId app) {
        Path file = file(app);
        if (file == null || !Files.exists(file)) {
            return List.of();
        }
        try {
            return Json.read(Files.readString(file), Entries.class).releases();
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("{} can't be read, going on without it: {}", file, e.getMessage());
            return List.of();
        }
    }

    private void write(ResourceId app, List<KnownRelease> releases) {
        Path file = file(app);
        if (file == null) {
            return;
        }
        try {
            WholeFile.write(file, Json.write(new Entries(releases)));
        } catch (IOException e) {
            LOG.warn("can't write {}; a restart forgets the newest release", file, e);
        }
    }

    private @Nullable Path file(ResourceId app) {
        return directory == null ? null : directory.resolve(app.name() + ".json");
    }
}
