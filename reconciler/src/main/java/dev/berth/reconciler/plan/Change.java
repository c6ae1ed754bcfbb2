package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredCommand;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every write Berth can make to the world, and nothing else. A new kind of change does not compile
 * until it is printed, executed and shown.
 */
public sealed interface Change {
    ResourceId resource();

    /** Never empty. */
    List<Reason> reasons();

    /**
     * Runs the command of a release to its end, unless that has happened. One that runs already,
     * also of another release, ends first.
     *
     * @param release id of the release
     * @param image made available first
     * @param revision given to the container as BERTH_REVISION
     */
    record RunReleaseCommand(
            ResourceId resource,
            String release,
            ImageSource image,
            DesiredCommand command,
            String revision,
            List<Reason> reasons)
            implements Change {
        public RunReleaseCommand {
            reasons = List.copyOf(reasons);
        }
    }

    /** Starts a container that runs once, and does not wait for its end. */
    record StartRun(ResourceId resource, Run run, List<Reason> reasons) implements Change {
        public StartRun {
            reasons = List.copyOf(reasons);
        }
    }

    /** Stops a container that runs once; it stays, as one that failed. */
    record StopRun(ResourceId resource, RunView run, List<Reason> reasons) implements Change {
        public StopRun {
            reasons = List.copyOf(reasons);
        }
    }

    /** Removes containers that ran once, with their logs. */
    record RemoveRuns(ResourceId resource, List<RunView> runs, List<Reason> reasons)
            implements Change {
        public RemoveRuns {
            runs = List.copyOf(runs);
            reasons = List.copyOf(reasons);
        }
    }

    /** Makes the containers of a release run and prove that they are ready. Nothing serves less. */
    record StartRelease(ResourceId resource, Release release, List<Reason> reasons)
            implements Change {
        public StartRelease {
            reasons = List.copyOf(reasons);
        }
    }

    /** Lays a static site's files where the edge can serve them. */
    record PublishSite(ResourceId resource, Workload.Files site, List<Reason> reasons)
            implements Change {
        public PublishSite {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Points the edge at the resource as it is now, in one step; done when the edge serves it.
     *
     * @param routes all that the resource should own from now on; empty = none
     */
    record SwitchTraffic(
            ResourceId resource, List<DesiredRoute> routes, Target to, List<Reason> reasons)
            implements Change {
        public SwitchTraffic {
            routes = List.copyOf(routes);
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Tells the edge which proxies before it are believed; done when it believes them.
     *
     * @param resource the instance
     */
    record BelieveProxies(ResourceId resource, FrontProxies proxies, List<Reason> reasons)
            implements Change {
        public BelieveProxies {
            reasons = List.copyOf(reasons);
        }
    }

    /** What routes are pointed at. */
    sealed interface Target {}

    /**
     * Containers.
     *
     * @param serving those that are in traffic and stay
     * @param withNew true adds those of the release started just before
     */
    record ToContainers(List<ContainerView> serving, boolean withNew) implements Target {
        public ToContainers {
            serving = List.copyOf(serving);
        }
    }

    /** The files of a site. */
    record ToSite(Workload.Files site) implements Target {}

    /** No app: other hosts or control, as the routes say. */
    record ToElsewhere() implements Target {}

    /** Nothing for a moment: requests are held, and get 503 with this when it takes too long. */
    record ToPaused(String because) implements Target {}

    /** Nothing until somebody asks: the edge then has it started. */
    record ToSleep() implements Target {}

    /** Nothing: every route answers 503 with this. */
    record ToNothing(String because) implements Target {}

    /** Which containers a retiring does not stop, though the time to drain is over. */
    enum Patience {
        /** None. */
        NONE,
        /** With open streams: the edge ends those when their grace is over. */
        STREAMS,
        /** With anything in flight; none either when somebody asks for the app meanwhile. */
        REQUESTS
    }

    /**
     * Lets containers finish what is in flight, and stops them.
     *
     * @param keep true keeps the stopped containers, to be started again if the new release fails
     * @param patience who is left to a later pass
     */
    record RetireContainers(
            ResourceId resource,
            List<ContainerView> containers,
            Duration drain,
            boolean keep,
            Patience patience,
            List<Reason> reasons)
            implements Change {
        public RetireContainers {
            containers = List.copyOf(containers);
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Removes all that lives of a resource, but its volumes.
     *
     * @param network its network; {@code null} when there is none
     * @param after what has to be gone, or as declared, before: its dependants
     */
    record RemoveResource(
            ResourceId resource,
            List<ContainerView> containers,
            List<RunView> runs,
            @Nullable String network,
            Duration drain,
            List<ResourceId> after,
            List<Reason> reasons)
            implements Change {
        public RemoveResource {
            containers = List.copyOf(containers);
            runs = List.copyOf(runs);
            after = List.copyOf(after);
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Removes a volume with its data: one that may be deleted, is confirmed, declared by nobody and
     * used by no container.
     *
     * @param resource the app that had it
     */
    record RemoveVolume(ResourceId resource, VolumeView volume, List<Reason> reasons)
            implements Change {
        public RemoveVolume {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Stops a container that is not ours and that an app takes over from; it is not removed.
     *
     * @param grace time it gets to end
     */
    record StopForeign(
            ResourceId resource, ForeignContainer container, Duration grace, List<Reason> reasons)
            implements Change {
        public StopForeign {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Would be done, and is not.
     *
     * @param byPerson true waits for a person: another spec, or a confirmation; false for a time
     */
    record Blocked(ResourceId resource, ReasonCode code, boolean byPerson, List<Reason> reasons)
            implements Change {
        public Blocked {
            reasons = List.copyOf(reasons);
        }
    }
}
