package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredJob;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredRoute.ToApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.ToElsewhere;
import dev.berth.schemas.config.ResourceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The difference between what should be and what is. The same plan is carried out, printed by
 * {@code berth plan}, shown in the UI and posted on pull requests; nothing decides outside of it.
 *
 * <ol>
 *   <li>What is not known on either side leads to an empty plan that says so: there is no way from
 *       "unknown" to a deletion.
 *   <li>Each job is started that has not run.
 *   <li>Each app is compared with its own containers, files and routes, after what it depends on.
 *   <li>What apps run by the clock is started when it is due.
 *   <li>Who the edge believes is compared with what the Instance says.
 *   <li>Redirects, and where control takes webhooks, are compared with the routes served.
 *   <li>What lives and is wanted by nobody is removed, as far as {@link PruneGuard} lets it.
 * </ol>
 */
public final class Planner {
    private Planner() {}

    /**
     * Plans one pass.
     *
     * @param now decides whether a failed release may be tried again
     */
    public static Plan plan(DesiredState desired, Observation observation, Instant now) {
        return switch (desired) {
            case DesiredState.Unknown(var doubt, _) -> Plan.unknown("", doubt.cause());
            case DesiredState.Known known ->
                    switch (observation) {
                        case Observation.Unknown(var cause) ->
                                Plan.unknown(known.revision().toString(), cause);
                        case Observation.Known(var live) -> plan(known, live, now);
                    };
        };
    }

    private static Plan plan(DesiredState.Known desired, LiveState live, Instant now) {
        List<Change> changes = new ArrayList<>();
        int unchanged = 0;
        // First: an app's address rules are about the client that the proxies name.
        changes.addAll(FrontDiff.changes(desired, live));
        for (DesiredJob job : desired.jobs().values()) {
            List<Change> own = PinHold.of(job, desired, new JobPlanner(job, live, now).changes());
            changes.addAll(own);
            unchanged += own.isEmpty() ? 1 : 0;
        }
        Prerequisites needed = new Prerequisites(desired, live);
        for (DesiredApp app : needed.order()) {
            List<Change> own =
                    PinHold.tell(
                            app,
                            new Adoption(app, live)
                                    .with(
                                            new AppPlanner(
                                                            desired,
                                                            app,
                                                            live,
                                                            now,
                                                            needed.missing(app))
                                                    .changes()));
            needed.planned(app.id(), own);
            changes.addAll(own);
            unchanged += own.isEmpty() ? 1 : 0;
        }
        Crons crons = new Crons(desired, live, now);
        changes.addAll(crons.changes());
        unchanged += crons.unchanged();
        for (Map.Entry<ResourceId, List<DesiredRoute>> owner : withoutApp(desired).entrySet()) {
            List<Change> own = elsewhere(owner.getKey(), owner.getValue(), desired, live);
            changes.addAll(own);
            unchanged += own.isEmpty() ? 1 : 0;
        }
        changes.addAll(PruneGuard.removals(desired, live));
        VolumeGuard volumes = new VolumeGuard(desired, live);
        changes.addAll(
                volumes.removals(
                        changes.stream().map(Change::resource).collect(Collectors.toSet())));
        return new Plan(
                desired.revision().toString(),
                changes,
                unchanged,
                null,
                Wanted.of(desired),
                volumes.kept(),
                crons.nextDue());
    }

    private static Map<ResourceId, List<DesiredRoute>> withoutApp(DesiredState.Known desired) {
        return desired.routes().stream()
                .filter(route -> !(route.destination() instanceof ToApp))
                .collect(
                        Collectors.groupingBy(
                                DesiredRoute::owner, TreeMap::new, Collectors.toList()));
    }

    private static List<Change> elsewhere(
            ResourceId owner,
            List<DesiredRoute> routes,
            DesiredState.Known desired,
            LiveState live) {
        List<Reason> differences =
                Served.of(live.routes(), owner, desired.claims())
                        .difference(RouteResolver.toElsewhere(owner, routes));
        return differences.isEmpty()
                ? List.of()
                : List.of(new SwitchTraffic(owner, routes, new ToElsewhere(), differences));
    }
}
