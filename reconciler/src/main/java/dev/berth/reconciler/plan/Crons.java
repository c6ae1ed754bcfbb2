package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.CronRun;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Reason.RemovedFromConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What all apps run by the clock. */
final class Crons {
    /** What a run may take at most. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private final List<Change> changes = new ArrayList<>();
    private int unchanged;
    private @Nullable Instant nextDue;

    Crons(DesiredState.Known desired, LiveState live, Instant now) {
        desired.apps().values().forEach(app -> plan(app, desired, live, now));
    }

    private void plan(DesiredApp app, DesiredState.Known desired, LiveState live, Instant now) {
        List<CronRun> runs = CronRun.of(live, app.id());
        if (!app.crons().isEmpty()) {
            CronBasis basis = CronBasis.of(app, desired, live);
            for (DesiredCron cron : app.crons()) {
                add(new CronPlanner(cron, app, basis, live, now));
            }
        }
        Set<String> declared =
                app.crons().stream().map(DesiredCron::name).collect(Collectors.toSet());
        Map<String, List<RunView>> others =
                runs.stream()
                        .filter(run -> !declared.contains(run.name()) && !goesOn(run, now))
                        .collect(
                                Collectors.groupingBy(
                                        CronRun::name,
                                        TreeMap::new,
                                        Collectors.mapping(CronRun::view, Collectors.toList())));
        others.forEach(
                (name, old) ->
                        changes.add(
                                new RemoveRuns(
                                        DesiredCron.id(app.id(), name),
                                        old,
                                        List.of(new RemovedFromConfig()))));
    }

    /**
     * A schedule that is removed or renamed breaks off no run; how long it may take is forgotten.
     */
    private static boolean goesOn(CronRun run, Instant now) {
        return run.view().state() instanceof ContainerView.Running(var startedAt, _, _)
                && startedAt.plus(LONGEST).isAfter(now);
    }

    private void add(CronPlanner planner) {
        List<Change> own = planner.changes();
        changes.addAll(own);
        unchanged += own.isEmpty() ? 1 : 0;
        Instant next = planner.nextDue(own);
        if (next != null && (nextDue == null || next.isBefore(nextDue))) {
            nextDue = next;
        }
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    /** How many have nothing to be done. */
    int unchanged() {
        return unchanged;
    }

    /** When the next one has; {@code null} = never. */
    @Nullable Instant nextDue() {
        return nextDue;
    }
}
