package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.SitePublisher;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Change.BelieveProxies;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.PublishSite;
import dev.berth.reconciler.plan.Change.RemoveResource;
import dev.berth.reconciler.plan.Change.RemoveRuns;
import dev.berth.reconciler.plan.Change.RemoveVolume;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Change.RunReleaseCommand;
import dev.berth.reconciler.plan.Change.StartRelease;
import dev.berth.reconciler.plan.Change.StartRun;
import dev.berth.reconciler.plan.Change.StopForeign;
import dev.berth.reconciler.plan.Change.StopRun;
import dev.berth.reconciler.plan.Change.SwitchTraffic;
import dev.berth.reconciler.plan.Change.Target;
import dev.berth.reconciler.plan.Change.ToContainers;
import dev.berth.reconciler.plan.Change.ToElsewhere;
import dev.berth.reconciler.plan.Change.ToNothing;
import dev.berth.reconciler.plan.Change.ToPaused;
import dev.berth.reconciler.plan.Change.ToSite;
import dev.berth.reconciler.plan.Change.ToSleep;
import dev.berth.reconciler.plan.RouteResolver;
import dev.berth.reconciler.traffic.TrafficSwitch;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes one change true. The only code that writes to engine, edge and site store. */
final class ChangeExecutor {
    private static final Duration SWITCH_DEADLINE = Duration.ofSeconds(10);

    private static final Duration RUN_GRACE = Duration.ofSeconds(10);

    private final String instance;
    private final ContainerEngine engine;
    private final TrafficSwitch traffic;
    private final SitePublisher sites;
    private final ReleaseCommand command;
    private final RunStarter runs;
    private final ReleaseStarter starter;
    private final ContainerRetirer retirer;

    ChangeExecutor(
            String instance,
            ContainerEngine engine,
            TrafficSwitch traffic,
            SitePublisher sites,
            ReleaseCommand command,
            RunStarter runs,
            ReleaseStarter starter,
            ContainerRetirer retirer) {
        this.instance = instance;
        this.engine = engine;
        this.traffic = traffic;
        this.sites = sites;
        this.command = command;
        this.runs = runs;
        this.starter = starter;
        this.retirer = retirer;
    }

    /**
     * Carries out a change.
     *
     * @param before how far the changes of the same resource have come
     * @return how far they are now
     */
    Rollout execute(Change change, Rollout before) throws ReconcileException {
        return switch (change) {
            case RunReleaseCommand run -> {
                command.run(run);
                yield before;
            }
            case StartRelease start -> starter.start(start);
            case PublishSite(var app, var site, _) -> {
                sites.publish(instance, app, site);
                yield before;
            }
            case SwitchTraffic point -> {
                traffic.replaceRoutes(point.resource(), routes(point, before), SWITCH_DEADLINE);
                sites.store().retireAllBut(point.resource(), directoryId(point.to()));
                yield new Rollout.Switched();
            }
            case BelieveProxies(_, var proxies, _) -> {
                traffic.believe(proxies, SWITCH_DEADLINE);
                yield before;
            }
            case RetireContainers retire -> {
                retirer.retire(retire);
                yield before;
            }
            case RemoveResource remove -> {
                remove(remove);
                yield before;
            }
            case StartRun(var resource, var run, _) -> {
                runs.start(resource, run);
                yield before;
            }
            case StopRun(_, var run, _) -> {
                retirer.checkPermit();
                engine.stopContainer(run.id(), RUN_GRACE);
                yield before;
            }
            case RemoveRuns(_, var old, _) -> {
                remove(old);
                yield before;
            }
            case RemoveVolume(_, var volume, _) -> {
                retirer.checkPermit();
                engine.removeVolume(volume.name());
                yield before;
            }
            case StopForeign(_, var other, var grace, _) -> {
                retirer.checkPermit();
                engine.stopContainer(other.id(), grace);
                yield before;
            }
            case Blocked _ -> before;
        };
    }

    private List<Route> routes(SwitchTraffic point, Rollout before) {
        ResourceId resource = point.resource();
        return switch (point.to()) {
            case ToContainers(var serving, var withNew) ->
                    RouteResolver.toContainers(
                            resource,
                            point.routes(),
                            withNew ? together(serving, before) : serving,
                            ObjectNames.network(instance, resource));
            case ToSite(var site) ->
                    RouteResolver.toFiles(
                            resource,
                            point.routes(),
                            sites.store().directory(resource, site).toString(),
                            site.spa());
            case ToElsewhere() -> RouteResolver.toElsewhere(resource, point.routes());
            case ToPaused(var because) -> RouteResolver.toPaused(resource, point.routes(), because);
            case ToSleep() -> RouteResolver.toSleep(resource, point.routes());
            case ToNothing(var because) ->
                    RouteResolver.toNothing(resource, point.routes(), because);
        };
    }

    private static String directoryId(Target to) {
        return switch (to) {
            case ToSite(var site) -> site.id();
            case ToContainers _, ToElsewhere _, ToPaused _, ToSleep _, ToNothing _ -> "";
        };
    }

    private static List<ContainerView> together(List<ContainerView> serving, Rollout before) {
        List<ContainerView> all = new ArrayList<>(serving);
        switch (before) {
            case Rollout.Ready(var containers) -> all.addAll(containers);
            case Rollout.Untouched _, Rollout.Switched _ -> {}
        }
        return all;
    }

    private void remove(RemoveResource remove) throws ReconcileException {
        retirer.checkPermit();
        traffic.replaceRoutes(remove.resource(), List.of(), SWITCH_DEADLINE);
        retirer.retire(
                new RetireContainers(
                        remove.resource(),
                        remove.containers(),
                        remove.drain(),
                        false,
                        Change.Patience.NONE,
                        remove.reasons()));
        remove(remove.runs());
        retirer.checkPermit();
        if (remove.network() != null) {
            engine.removeNetwork(remove.network());
        }
        retirer.checkPermit();
        sites.store().remove(remove.resource());
    }

    private void remove(List<RunView> old) throws ReconcileException {
        for (RunView run : old) {
            if (run.running()) {
                retirer.checkPermit();
                engine.stopContainer(run.id(), RUN_GRACE);
            }
            retirer.checkPermit();
            engine.removeContainer(run.id());
        }
    }
}
