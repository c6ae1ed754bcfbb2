package dev.berth.reconciler.desired;

import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Whether domains lead to apps and processes that are there. */
final class RouteCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Problems problems;
    private final Map<ResourceId, String> waiting;

    /**
     * @param waiting gets why a right document does not count yet
     */
    RouteCheck(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            Problems problems,
            Map<ResourceId, String> waiting) {
        this.fates = fates;
        this.chosen = chosen;
        this.problems = problems;
        this.waiting = waiting;
    }

    /** The documents that don't count now. */
    List<Choice> wrong() {
        return chosen.values().stream().filter(this::isWrong).toList();
    }

    private boolean isWrong(Choice choice) {
        if (!(choice.document() instanceof Domain domain)) {
            return false;
        }
        List<Domain.Route> routes = domain.spec().routes();
        boolean fits = true;
        for (int i = 0; i < routes.size(); i++) {
            Domain.Route route = routes.get(i);
            ResourceId id = ResourceId.app(route.app());
            RouteTarget.Fault fault = RouteTarget.fault(route, chosen);
            if (fault == null) {
                fault = RouteTarget.canaryFault(route, chosen);
                id = route.canary() == null ? id : ResourceId.app(route.canary().app());
            }
            if (fault == null) {
                continue;
            }
            fits = false;
            if (fates.isWrong(id) || (!chosen.containsKey(id) && fates.pruneHold() != null)) {
                // The route may be right once its app is.
                if (choice.current()) {
                    waiting.put(choice.id(), "waits for a right document of %s".formatted(id));
                }
            } else if (choice.current()) {
                problems.add(
                        choice.read().at("spec", "routes", i, fault.key()),
                        "spec.routes[%d].%s".formatted(i, fault.key()),
                        Problem.Code.REFERENCE,
                        fault.message());
            }
        }
        return !fits;
    }
}
