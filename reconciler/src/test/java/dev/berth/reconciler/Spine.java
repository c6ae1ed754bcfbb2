package dev.berth.reconciler;

import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.Housekeeping;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.converge.StartedJobs;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.ledger.Ledgers;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Recollection;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.DirectoryTree;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.FakeTraffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The whole reconciler over fakes of the repo, the engine and the edge. */
final class Spine implements GitSource, PinnedTrees {
    final FakeEngine engine;
    final FakeTraffic traffic = new FakeTraffic();
    final Reconciler reconciler;
    private final Supplier<Reconciler> processes;
    final Vault vault;
    private final Path files;
    private final AtomicReference<SourceReading> reading =
            new AtomicReference<>(new SourceReading.Unavailable("nothing was committed yet"));

    Spine(Path directory) {
        this(directory, (interval, _) -> interval);
    }

    Spine(Path directory, RepoLooks.Pace pace) {
        this(directory, pace, (GitSource) null);
    }

    /**
     * @param other {@code null} = what {@link #commit} says
     */
    Spine(Path directory, RepoLooks.Pace pace, @Nullable GitSource other) {
        this(
                directory,
                pace,
                other,
                LastGood.none(),
                AgeKeys::none,
                Vault.ofThisProcess(InstantSource.system()));
    }

    Spine(
            Path directory,
            RepoLooks.Pace pace,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Vault vault) {
        this(directory, pace, null, lastGood, keys, vault);
    }

    /** One whose clock may be set, and that tries again after an hour what failed. */
    Spine(Path directory, Clockwork clock) {
        this(
                directory,
                (interval, _) -> interval,
                null,
                LastGood.none(),
                AgeKeys::none,
                Vault.ofThisProcess(InstantSource.system()),
                clock,
                Duration.ofHours(1));
    }

    private Spine(
            Path directory,
            RepoLooks.Pace pace,
            @Nullable GitSource other,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Vault vault) {
        this(directory, pace, other, lastGood, keys, vault, Clockwork.system(), Duration.ZERO);
    }

    private Spine(
            Path directory,
            RepoLooks.Pace pace,
            @Nullable GitSource other,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Vault vault,
            Clockwork clock,
            Duration backoff) {
        this.vault = vault;
        files = directory.resolve("config");
        SiteStore sites = new SiteStore(directory.resolve("sites"), InstantSource.system());
        engine = new FakeEngine(clock);
        processes = () -> process(directory, pace, other, lastGood, keys, clock, backoff, sites);
        reconciler = processes.get();
    }

    /** Control dies and comes back: of what was in memory nothing survives. */
    Reconciler restart() {
        return processes.get();
    }

    private Reconciler process(
            Path directory,
            RepoLooks.Pace pace,
            @Nullable GitSource other,
            LastGood lastGood,
            Supplier<AgeKeys> keys,
            Clockwork clock,
            Duration backoff,
            SiteStore sites) {
        Failures failures = new Failures(_ -> backoff);
        Registries registries = new Registries(vault);
        engine.as(registries);
        return new Reconciler(
                new RepoLooks(other == null ? this : other, pace, clock),
                this,
                new DesiredStateLoader(
                        source -> new SourceReading.Unavailable("no repo " + source.repo()),
                        lastGood,
                        keys,
                        vault),
                new LiveStateReader(engine, traffic::served, sites::published, failures::standing),
                new Converger(
                        engine,
                        traffic,
                        new ImageBuilder(
                                engine,
                                this,
                                vault,
                                registries,
                                Queues.ofNobody(clock),
                                ImageShelf.untouched(),
                                clock),
                        sites,
                        clock,
                        vault),
                failures,
                new Reconciler.Tenure(
                        Writership.ALONE,
                        Recollection.NONE,
                        new StartedJobs(),
                        Ledgers.in(directory),
                        Housekeeping.NONE,
                        registries,
                        _ -> {},
                        Reconciler.Tls.NONE),
                Planner::plan,
                8080,
                clock);
    }

    /** From now on the config repo stands at this commit, with one app {@code shop}. */
    void commit(int number, String spec) {
        commit(number, "{}", spec);
    }

    /** The same of an Instance of that spec. */
    void commit(int number, String instance, String spec) {
        try {
            Files.createDirectories(files);
            Files.writeString(
                    files.resolve("berth.yaml"),
                    """
                    apiVersion: berth/v1
                    kind: Instance
                    metadata: {name: home}
                    spec: %s
                    ---
                    apiVersion: berth/v1
                    kind: App
                    metadata: {name: shop}
                    spec: %s
                    """
                            .formatted(instance, spec));
            reading.set(new SourceReading.Fresh(revision(number), DirectoryTree.of(files)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the config repo declares no app. */
    void commitNothing(int number) {
        try {
            Files.writeString(
                    files.resolve("berth.yaml"),
                    "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {}\n");
            reading.set(new SourceReading.Fresh(revision(number), DirectoryTree.of(files)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that lies beside the documents from the next commit on. */
    void file(String path, String text) {
        try {
            Path file = files.resolve(path);
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on the repo can't be reached; the last commit that could be read is this one. */
    void unreachable(int number) {
        switch (reading.get()) {
            case SourceReading.Fresh(_, ConfigTree tree) ->
                    reading.set(new SourceReading.Stale(revision(number), tree, "timeout"));
            case SourceReading.Stale _, SourceReading.Unavailable _ ->
                    throw new IllegalStateException("it is unreachable already");
        }
    }

    private static Revision revision(int number) {
        return new Revision(
                "main", "%040x".formatted(number), "Ann <ann@example.com>", Instant.EPOCH);
    }

    @Override
    public SourceReading latestVerified() {
        return reading.get();
    }

    @Override
    public ConfigTree open(SourcePin pin) {
        try {
            return new TarredTree(DirectoryTree.of(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void retain(Collection<SourcePin> inUse) {}
}
