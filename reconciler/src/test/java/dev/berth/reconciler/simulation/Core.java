package dev.berth.reconciler.simulation;

import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.RepoLooks;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.desired.ReadBefore;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.reconciler.trigger.PollTimer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Berth's core as it is wired in production, over given ports. */
final class Core {
    /** No site is published here, so it is never made. */
    private static final Path NOWHERE = Path.of("/nonexistent/berth-sites");

    private Core() {}

    /**
     * What one Berth has of its own.
     *
     * @param vault the values of secrets
     * @param shelf what is taken away of images
     */
    record Own(LastGood lastGood, Vault vault, Reconciler.Tenure tenure, ImageShelf shelf) {
        /** One that takes no image away. */
        Own(LastGood lastGood, Vault vault, Reconciler.Tenure tenure) {
            this(lastGood, vault, tenure, ImageShelf.untouched());
        }
    }

    static Reconciler of(
            ContainerEngine engine,
            TrafficSwitch traffic,
            GitSource source,
            Own own,
            RandomGenerator random,
            Clockwork clock,
            ReadBefore before,
            Reconciler.Planning planning) {
        NoTrees trees = new NoTrees();
        SiteStore sites = new SiteStore(NOWHERE, clock);
        Backoff backoff = new Backoff(random);
        Failures failures = new Failures(backoff::delay);
        return new Reconciler(
                new RepoLooks(
                        source,
                        (interval, failed) ->
                                new PollTimer(interval, backoff, random).nextPoll(failed),
                        clock),
                trees,
                new DesiredStateLoader(
                        repo -> new SourceReading.Unavailable("no repo " + repo),
                        own.lastGood(),
                        () -> SimSecrets.KEYS,
                        own.vault(),
                        before),
                new LiveStateReader(
                        engine,
                        traffic::served,
                        Map::of,
                        failures::standing,
                        own.tenure().jobs()::all),
                new Converger(
                        engine,
                        traffic,
                        new ImageBuilder(
                                engine,
                                trees,
                                own.vault(),
                                Queues.ofNobody(clock),
                                own.shelf(),
                                clock),
                        sites,
                        clock,
                        own.vault()),
                failures,
                own.tenure(),
                planning,
                8080,
                clock);
    }

    /** Nothing is built or published here. */
    private static final class NoTrees implements PinnedTrees {
        @Override
        public ConfigTree open(SourcePin pin) {
            throw new IllegalStateException("no trees here: " + pin);
        }

        @Override
        public void retain(Collection<SourcePin> inUse) {}
    }
}
