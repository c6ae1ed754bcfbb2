package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An app as it should be, with every default and reference resolved.
 *
 * @param generation stands for the whole effective spec
 * @param sourceRevision what BERTH_REVISION is for containers started now: the commit of its source
 * @param suspended true: no containers, its routes answer 503
 * @param drain time that requests in flight get
 * @param sleepAfter time without a request after which its containers stop; {@code null} = never
 * @param dependsOn what must be ready before a new release of it is started, sorted
 * @param release what runs before a new release is started; {@code null} = nothing
 * @param crons what it runs by the clock when it is not suspended, in the order declared
 * @param keepReleases how many releases that were ready are remembered
 * @param pin the release that it is to stay at; {@code null} = the declared one
 * @param rollbackWindow time after it has taken over in which a release that fails is gone back
 *     from; zero = it is not
 * @param wentBack that it was gone back from the declared release; {@code null} = it was not
 * @param keeps names of volumes that are declared and that the release which is to serve in place
 *     of the declared one does not mount
 * @param adopts name of a container, not Berth's, that it takes over from; {@code null} = none
 */
public record DesiredApp(
        ResourceId id,
        Location declaredAt,
        SpecHash generation,
        Workload workload,
        String sourceRevision,
        boolean suspended,
        App.Strategy strategy,
        Duration drain,
        @Nullable Duration sleepAfter,
        List<ResourceId> dependsOn,
        @Nullable DesiredCommand release,
        List<DesiredCron> crons,
        int keepReleases,
        @Nullable DesiredPin pin,
        Duration rollbackWindow,
        @Nullable WentBack wentBack,
        Set<String> keeps,
        @Nullable String adopts) {
    public DesiredApp {
        keeps = Set.copyOf(keeps);
        dependsOn = dependsOn.stream().sorted().distinct().toList();
        crons = List.copyOf(crons);
    }

    /** What it is to run by the clock: nothing while it is suspended. */
    public List<DesiredCron> schedules() {
        return suspended ? List.of() : crons;
    }

    /** True when a release from before is to serve in place of the declared one. */
    public boolean isBack() {
        return wentBack != null && wentBack.stage() != WentBack.Stage.GIVEN_UP;
    }

    /** Stands for the spec as it is declared, whatever serves in its place. */
    public String declared() {
        return wentBack == null ? generation.text() : wentBack.generation();
    }

    /** One like it, to be changed. */
    public Draft edit() {
        return new Draft(this);
    }

    /**
     * An app in the making. One begun from nothing is as a document that says no more: it depends
     * on nothing, never sleeps, is not pinned, and stays at its release. Not thread-safe.
     */
    public static final class Draft {
        private final ResourceId id;
        private final Location declaredAt;
        private SpecHash generation;
        private Workload workload;
        private String sourceRevision;
        private boolean suspended;
        private App.Strategy strategy = App.Strategy.BLUEGREEN;
        private Duration drain = Duration.ofSeconds(30);
        private @Nullable Duration sleepAfter;
        private List<ResourceId> dependsOn = List.of();
        private @Nullable DesiredCommand release;
        private List<DesiredCron> crons = List.of();
        private int keepReleases = 5;
        private @Nullable DesiredPin pin;
        private Duration rollbackWindow = Duration.ZERO;
        private @Nullable WentBack wentBack;
        private Set<String> keeps = Set.of();
        private @Nullable String adopts;

        public Draft(
                ResourceId id,
                Location declaredAt,
                SpecHash generation,
                Workload workload,
                String sourceRevision) {
            this.id = id;
            this.declaredAt = declaredAt;
            this.generation = generation;
            this.workload = workload;
            this.sourceRevision = sourceRevision;
        }

        private Draft(DesiredApp app) {
            this(app.id, app.declaredAt, app.generation, app.workload, app.sourceRevision);
            suspended = app.suspended;
            strategy = app.strategy;
            drain = app.drain;
            sleepAfter = app.sleepAfter;
            dependsOn = app.dependsOn;
            release = app.release;
            crons = app.crons;
            keepReleases = app.keepReleases;
            pin = app.pin;
            rollbackWindow = app.rollbackWindow;
            wentBack = app.wentBack;
            keeps = app.keeps;
            adopts = app.adopts;
        }

        public Draft generation(SpecHash hash) {
            generation = hash;
            return this;
        }

        /** What it runs, and the commit of its source. */
        public Draft workload(Workload of, String revision) {
            workload = of;
            sourceRevision = revision;
            return this;
        }

        public Draft suspended(boolean yes) {
            suspended = yes;
            return this;
        }

        public Draft rollout(App.Strategy by, Duration draining) {
            strategy = by;
            drain = draining;
            return this;
        }

        public Draft sleepAfter(@Nullable Duration idle) {
            sleepAfter = idle;
            return this;
        }

        public Draft dependsOn(List<ResourceId> others) {
            dependsOn = others;
            return this;
        }

        public Draft release(@Nullable DesiredCommand command) {
            release = command;
            return this;
        }

        public Draft crons(List<DesiredCron> all) {
            crons = all;
            return this;
        }

        public Draft keepReleases(int most) {
            keepReleases = most;
            return this;
        }

        public Draft pin(@Nullable DesiredPin to) {
            pin = to;
            return this;
        }

        public Draft rollbackWindow(Duration after) {
            rollbackWindow = after;
            return this;
        }

        public Draft wentBack(@Nullable WentBack from) {
            wentBack = from;
            return this;
        }

        public Draft keeps(Set<String> volumes) {
            keeps = volumes;
            return this;
        }

        public Draft adopts(@Nullable String container) {
            adopts = container;
            return this;
        }

        public DesiredApp make() {
            return new DesiredApp(
                    id,
                    declaredAt,
                    generation,
                    workload,
                    sourceRevision,
                    suspended,
                    strategy,
                    drain,
                    sleepAfter,
                    dependsOn,
                    release,
                    crons,
                    keepReleases,
                    pin,
                    rollbackWindow,
                    wentBack,
                    keeps,
                    adopts);
        }
    }
}
