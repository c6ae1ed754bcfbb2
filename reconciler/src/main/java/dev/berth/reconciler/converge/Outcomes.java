package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a plan ended, or goes on.
 *
 * @param earlier work for earlier plans that has ended since their pass, in the order it ended
 * @param all one for each change, in plan order
 * @param beside of changes of earlier plans that this one does not repeat, and that still say how
 *     their resource stands
 */
public record Outcomes(List<Ended> earlier, List<Outcome> all, List<Outcome> beside) {
    public Outcomes {
        earlier = List.copyOf(earlier);
        all = List.copyOf(all);
        beside = List.copyOf(beside);
    }

    /** Of a plan that covers all that goes on. */
    public Outcomes(List<Ended> earlier, List<Outcome> all) {
        this(earlier, all, List.of());
    }

    /** Of a plan that nothing was under way before. */
    public Outcomes(List<Outcome> all) {
        this(List.of(), all);
    }

    /** How one resource stands: what goes on for it or holds it up first, then this plan's. */
    public List<Outcome> of(ResourceId resource) {
        return Stream.of(beside, all).flatMap(each -> of(resource, each).stream()).toList();
    }

    /** The changes of a resource that were carried out since the pass before. */
    public List<Change> done(ResourceId resource) {
        return ended().filter(outcome -> outcome.change().resource().equals(resource))
                .filter(Outcome.Done.class::isInstance)
                .map(Outcome::change)
                .toList();
    }

    /** How changes of earlier plans ended, then this plan's. */
    public Stream<Outcome> ended() {
        return Stream.concat(earlier.stream().flatMap(e -> e.outcomes().stream()), all.stream());
    }

    private static List<Outcome> of(ResourceId resource, List<Outcome> outcomes) {
        return outcomes.stream().filter(o -> o.change().resource().equals(resource)).toList();
    }
}
