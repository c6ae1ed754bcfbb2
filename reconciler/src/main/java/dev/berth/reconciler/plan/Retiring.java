package dev.berth.reconciler.plan;

import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.plan.Change.Blocked;
import dev.berth.reconciler.plan.Change.Patience;
import dev.berth.reconciler.plan.Change.RetireContainers;
import dev.berth.reconciler.plan.Reason.Held;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;

/** How containers of an app end that are not wanted any more. Pure. */
record Retiring(AppAtHand at) {
    /** All of them, whatever they do. */
    List<Change> all(List<ContainerView> old, List<Reason> why) {
        return old.isEmpty() ? List.of() : List.of(retirement(old, Patience.NONE, why));
    }

    /** Of an app that had routes and has none, only the edge knows whether it still serves it. */
    List<Change> unserved(List<ContainerView> old, List<Reason> why) {
        boolean mayServe =
                !at.served().known()
                        && at.routes().isEmpty()
                        && old.stream().anyMatch(at::isReached);
        return mayServe
                ? List.of(
                        new Blocked(
                                at.app().id(),
                                ReasonCode.EdgeUnavailable,
                                false,
                                List.of(
                                        new Held(
                                                "only the edge knows whether it still sends requests to what is to be stopped"))))
                : inTheirTime(old, why);
    }

    /** One with open streams is left alone until the edge has ended them. */
    private List<Change> inTheirTime(List<ContainerView> old, List<Reason> why) {
        List<ContainerView> quiet = old.stream().filter(c -> !staysForStreams(c)).toList();
        return quiet.isEmpty() ? List.of() : List.of(retirement(quiet, Patience.STREAMS, why));
    }

    private RetireContainers retirement(
            List<ContainerView> old, Patience patience, List<Reason> why) {
        return new RetireContainers(at.app().id(), old, at.app().drain(), false, patience, why);
    }

    private boolean staysForStreams(ContainerView container) {
        return container.running() && !at.served().has(container) && at.served().streams(container);
    }
}
