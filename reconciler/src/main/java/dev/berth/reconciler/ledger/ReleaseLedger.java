package dev.berth.reconciler.ledger;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.desired.Pins;
import dev.berth.reconciler.desired.Returns;
import dev.berth.reconciler.desired.Returns.Return;
import dev.berth.reconciler.desired.WentBack;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.reconciler.ledger.AppReleases.InTraffic;
import dev.berth.reconciler.ledger.RollbackJudge.News;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.PastReleases;
import dev.berth.reconciler.plan.Release;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The releases of each app that were ready last, which one served last, and whether the app went
 * back to one by itself, in a file for each app, {@code shop.json}. Confined to the thread of the
 * pass.
 */
public final class ReleaseLedger {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseLedger.class);

    /** Of so many apps that fall in one pass the last words are told. */
    private static final int MOST_LOGS = 3;

    private final @Nullable Path directory;
    private final boolean writes;
    private final Map<ResourceId, AppReleases> known = new HashMap<>();
    private final Set<ResourceId> aligned = new HashSet<>();
    private @Nullable Set<ResourceId> retained;
    private boolean asked;
    private @Nullable Long stamp;

    private ReleaseLedger(@Nullable Path directory, boolean writes) {
        this.directory = directory;
        this.writes = writes;
    }

    /** One that a restart forgets. */
    public static ReleaseLedger inMemory() {
        return new ReleaseLedger(null, false);
    }

    /** One that begins with what a directory has and writes nothing there. */
    public static ReleaseLedger reading(Path directory) {
        return new ReleaseLedger(directory, false);
    }

    /**
     * One in files, each replaced whole. A file that can't be read counts as none; what can't be
     * written is known until a restart.
     *
     * @param directory made when it is missing
     */
    public static ReleaseLedger inDirectory(Path directory) {
        return new ReleaseLedger(directory, true);
    }

    /** One that begins with what this has and writes nothing: for plans that nobody follows. */
    ReleaseLedger copy() {
        ReleaseLedger copy = new ReleaseLedger(directory, false);
        copy.known.putAll(known);
        copy.aligned.addAll(aligned);
        copy.asked = asked;
        copy.stamp = stamp;
        return copy;
    }

    private AppReleases releases(ResourceId app) {
        return known.computeIfAbsent(app, this::read);
    }

    /** The releases of an app that can be gone back to, newest first. */
    public List<KnownRelease> of(ResourceId app) {
        return releases(app).releases();
    }

    /** What should be, with apps at the releases that they went back to by themselves. */
    public DesiredState settled(DesiredState declared) {
        return declared instanceof DesiredState.Known known
                ? Returns.follow(known, returns(known))
                : declared;
    }

    /**
     * This Berth writes, from now on by that stamp. What served when another one was written by is
     * not known: whoever wrote since may have ended it.
     *
     * @param by {@code null} when there is only one Berth
     */
    public void writesBy(@Nullable Long by) {
        asked = true;
        stamp = by;
    }

    /** What lives, with what this knows of each app's releases. */
    public Observation recalled(DesiredState desired, Observation observation) {
        if (!(desired instanceof DesiredState.Known known)
                || !(observation instanceof Observation.Known(var live))) {
            return observation;
        }
        Map<ResourceId, PastReleases> past = new HashMap<>();
        for (ResourceId app : known.apps().keySet()) {
            AppReleases its = releases(app);
            if (!its.releases().isEmpty()) {
                past.put(app, new PastReleases(its.releases().getFirst(), its.lastServed()));
            }
        }
        return new Observation.Known(live.withPast(past));
    }

    private Map<ResourceId, Return> returns(DesiredState.Known declared) {
        Map<ResourceId, Return> returns = new HashMap<>();
        for (ResourceId app : declared.apps().keySet()) {
            Return back = releases(app).back();
            if (back != null) {
                returns.put(app, back);
            }
        }
        return returns;
    }

    /**
     * The same once it is seen what lives: what serves is noted, and what fails now soon after it
     * has taken over is gone back from. That is remembered before anything is done about it.
     *
     * @param lastWords what a container wrote last, for people, beginning with a line break
     */
    public DesiredState settled(
            DesiredState declared,
            Observation observation,
            Instant now,
            Function<ContainerView, String> lastWords) {
        if (declared instanceof DesiredState.Known known
                && observation instanceof Observation.Known(var live)) {
            Traffic traffic = new Traffic(known, live);
            RollbackJudge judge = new RollbackJudge(known, live, traffic, now);
            endUndeclared(known, live);
            List<News> fallen = new ArrayList<>();
            for (DesiredApp app : known.apps().values()) {
                align(app, live);
                note(app, traffic);
                News news = judge.of(app, releases(app.id()));
                if (news != null) {
                    put(app.id(), releases(app.id()).with(news.fact()));
                    fallen.add(news);
                }
            }
            fallen.stream().limit(MOST_LOGS).forEach(news -> tell(news, lastWords));
        }
        return settled(declared);
    }

    /** An engine may take its time for each log, and who goes back does not depend on them. */
    private void tell(News news, Function<ContainerView, String> lastWords) {
        WentBack fact = news.fact();
        ContainerView patient = news.patient();
        if (fact != null && patient != null) {
            put(news.app(), releases(news.app()).with(fact.saying(lastWords.apply(patient))));
        }
    }

    /**
     * Another may have written meanwhile, or this one could not write what it knew: what runs whole
     * and alone is the newest release that was ready, and another has to get ready anew.
     */
    private void align(DesiredApp app, LiveState live) {
        AppReleases its = releases(app.id());
        if (!aligned.add(app.id()) || its.releases().size() < 2 || its.wentBack() != null) {
            return;
        }
        List<KnownRelease> living = LivingReleases.of(live, app.id());
        if (living.size() == 1) {
            AppReleases now = its.newest(living.getFirst().id());
            if (!now.equals(its)) {
                put(app.id(), now);
            }
        }
    }

    /** It is seen before it is judged: what falls at once served until this pass. */
    private void note(DesiredApp app, Traffic traffic) {
        AppReleases its = releases(app.id());
        InTraffic before = its.inTraffic();
        InTraffic last = before == null || isOld(before) ? null : before;
        String seen = traffic.last(app, last == null ? null : last.seen(), its.ids());
        noteServed(app.id(), seen == null ? null : inTraffic(its, last, seen, traffic.declared()));
    }

    /** With other secrets a release has another id: it is the one of before all the same. */
    private InTraffic inTraffic(
            AppReleases its, @Nullable InTraffic before, String seen, DesiredState.Known desired) {
        KnownRelease then = before == null ? null : its.release(before.release());
        boolean same =
                before != null
                        && then != null
                        && its.release(seen) == null
                        && (seen.equals(before.seen())
                                || seen.equals(Release.idOf(Returns.templates(then, desired))));
        return same && then != null
                ? new InTraffic(then.id(), seen, stamp)
                : new InTraffic(seen, null, stamp);
    }

    private boolean isOld(InTraffic served) {
        return asked && !Objects.equals(served.stamp(), stamp);
    }

    private void noteServed(ResourceId app, @Nullable InTraffic now) {
        AppReleases its = releases(app);
        if (!Objects.equals(its.inTraffic(), now)) {
            put(app, its.with(now));
        }
    }

    /** An app that is declared anew is another one, whatever is left of the first. */
    private void endUndeclared(DesiredState.Known desired, LiveState live) {
        if (desired.pruneHold() == null) {
            Set<ResourceId> apps = new HashSet<>(known.keySet());
            apps.addAll(live.networks().keySet()); // of those a restart has read no file yet
            for (ResourceId app : apps) {
                if (app.kind() == Kind.App
                        && !desired.apps().containsKey(app)
                        && !desired.holds(app)) {
                    noteServed(app, null);
                }
            }
        }
    }

    /** Another writes: what is remembered here may be old when this one does so again. */
    public void leave() {
        aligned.clear();
    }

    private void put(ResourceId app, AppReleases releases) {
        known.put(app, releases);
        write(app, releases);
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
            retain(known(desired, live));
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
     * Images of all releases that can be gone back to, of every app that is declared or of which
     * something lives.
     */
    public Set<String> images(DesiredState.Known desired, LiveState live) {
        return known(desired, live).stream()
                .flatMap(app -> of(app).stream())
                .map(KnownRelease::image)
                .collect(Collectors.toSet());
    }

    private static Set<ResourceId> known(DesiredState.Known desired, LiveState live) {
        Set<ResourceId> apps = new HashSet<>(desired.apps().keySet());
        apps.addAll(desired.held());
        apps.addAll(live.networks().keySet());
        live.containers().forEach(container -> apps.add(container.owner()));
        return apps;
    }

    /**
     * A release is ready, so it serves.
     *
     * @param keep how many are remembered, this one included
     */
    public void ready(ResourceId app, KnownRelease release, int keep) {
        List<KnownRelease> before = of(app);
        boolean newest = !before.isEmpty() && before.getFirst().id().equals(release.id());
        List<KnownRelease> next =
                Stream.concat(
                                Stream.of(
                                        newest
                                                ? before.getFirst().with(release.replicas())
                                                : release),
                                before.stream().filter(r -> !r.id().equals(release.id())))
                        .limit(keep)
                        .toList();
        AppReleases now = releases(app).with(next).with(new InTraffic(release.id(), null, stamp));
        if (!now.equals(releases(app))) {
            put(app, now);
        }
    }

    /**
     * Of an app of which nothing is remembered, the one release that runs whole was ready before,
     * when it is another than the declared one: the home was lost.
     */
    public void retrace(DesiredApp app, Observation observation) {
        AppReleases its = releases(app.id());
        if (its.releases().isEmpty()
                && its.wentBack() == null
                && app.workload() instanceof Workload.Containers declared
                && observation instanceof Observation.Known(var live)) {
            List<KnownRelease> living = LivingReleases.of(live, app.id());
            if (living.size() == 1 && !living.getFirst().id().equals(Release.idOf(declared))) {
                put(app.id(), its.with(living));
            }
        }
    }

    private AppReleases read(ResourceId app) {
        Path file = file(app);
        if (file == null || !Files.exists(file)) {
            return AppReleases.NONE;
        }
        try {
            return Objects.requireNonNull(
                    Json.read(Files.readString(file), AppReleases.class), "null");
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("{} can't be read, going on without it: {}", file, e.getMessage());
            return AppReleases.NONE;
        }
    }

    private void write(ResourceId app, AppReleases releases) {
        Path file = file(app);
        if (file == null || !writes) {
            return;
        }
        try {
            WholeFile.write(file, Json.write(releases));
        } catch (IOException e) {
            LOG.warn("can't write {}; a restart forgets the newest release", file, e);
        }
    }

    private @Nullable Path file(ResourceId app) {
        return directory == null ? null : directory.resolve(app.name() + ".json");
    }
}
