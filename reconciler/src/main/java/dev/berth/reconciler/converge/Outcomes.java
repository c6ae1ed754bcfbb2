package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a plan ended, or goes on.
 *
 * @param earlier of changes of earlier plans that have ended since their pass, in the order they
 *     ended
 * @param all one for each change, in plan order
 */
public record Outcomes(List<Outcome> earlier, List<Outcome> all) {
    public Outcomes {
        earlier = List.copyOf(earlier);
        all = List.copyOf(all);
    }

    /** Of a plan that nothing was under way before. */
    public Outcomes(List<Outcome> all) {
        this(List.of(), all);
    }

    /** Those of one resource by this plan. */
    public List<Outcome> of(ResourceId resource) {
        return of(resource, all);
    }

    /** The changes of a resource that were carried out since the pass before. */
    public List<Change> done(ResourceId resource) {
        return Stream.of(earlier, all)
                .flatMap(each -> of(resource, each).stream())
                .filter(Outcome.Done.class::isInstance)
                .map(Outcome::change)
                .toList();
    }

    private static List<Outcome> of(ResourceId resource, List<Outcome> outcomes) {
        return outcomes.stream().filter(o -> o.change().resource().equals(resource)).toList();
    }
}
