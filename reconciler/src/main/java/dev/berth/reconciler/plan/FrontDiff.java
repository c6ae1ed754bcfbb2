package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Change.BelieveProxies;
import dev.berth.reconciler.plan.Reason.FieldChanged;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.FrontProxies;
import java.util.ArrayList;
import java.util.List;

/** Whom the edge believes, against whom it should. Pure. */
final class FrontDiff {
    private FrontDiff() {}

    /** What is to be done; nothing while the edge has not said what it serves. */
    static List<Change> changes(DesiredState.Known desired, LiveState live) {
        FrontProxies wanted = wanted(desired.settings().edge());
        return switch (live.routes()) {
            case ServedRoutes.NotKnown _ -> List.of();
            case ServedRoutes.Table(var table, _) ->
                    table.front().equals(wanted)
                            ? List.of()
                            : List.of(
                                    new BelieveProxies(
                                            new ResourceId(Kind.Instance, desired.instance()),
                                            wanted,
                                            reasons(table.front(), wanted)));
        };
    }

    /** In words. */
    static String show(FrontProxies proxies) {
        return proxies.networks().isEmpty()
                ? "believe no proxy before the edge"
                : "believe the proxies in %s%s"
                        .formatted(
                                networks(proxies),
                                proxies.proxyProtocol() ? ", by the PROXY protocol" : "");
    }

    private static FrontProxies wanted(Instance.Edge edge) {
        return new FrontProxies(edge.trustedProxies(), edge.proxyProtocol());
    }

    private static List<Reason> reasons(FrontProxies is, FrontProxies wanted) {
        List<Reason> reasons = new ArrayList<>();
        if (!is.networks().equals(wanted.networks())) {
            reasons.add(new FieldChanged("edge.trustedProxies", networks(is), networks(wanted)));
        }
        if (is.proxyProtocol() != wanted.proxyProtocol()) {
            reasons.add(
                    new FieldChanged(
                            "edge.proxyProtocol",
                            Boolean.toString(is.proxyProtocol()),
                            Boolean.toString(wanted.proxyProtocol())));
        }
        return reasons;
    }

    private static String networks(FrontProxies proxies) {
        return proxies.networks().isEmpty() ? "none" : String.join(", ", proxies.networks());
    }
}
