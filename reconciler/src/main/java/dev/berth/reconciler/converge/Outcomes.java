package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ByOwner;
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
        earlier = ByOwner.of(earlier, Ended::resource);
        all = ByOwner.of(all, Outcomes::resource);
        beside = ByOwner.of(beside, Outcomes::resource);
    }

    /** Of a plan that covers all that goes on. */
    public Outcomes(List<Ended> earlier, List<Outcome> all) {
        this(earlier, all, List.of());
    }

    /** Of a plan that nothing was under way before. */
    public Outcomes(List<Outcome> all) {
        this(List.of(), all);
    }

    private static ResourceId resource(Outcome outcome) {
        return outcome.change().resource();
    }

    /** How one resource stands: what goes on for it or holds it up first, then this plan's. */
    public List<Outcome> of(ResourceId resource) {
        List<Outcome> goesOn = ByOwner.of(beside, Outcomes::resource).of(resource);
        List<Outcome> planned = planned(resource);
        return goesOn.isEmpty()
                ? planned
                : Stream.concat(goesOn.stream(), planned.stream()).toList();
    }

    /** What came of this plan for a resource. */
    public List<Outcome> planned(ResourceId resource) {
        return ByOwner.of(all, Outcomes::resource).of(resource);
    }

    /** Work of earlier plans for a resource that has ended since their pass. */
    public List<Ended> earlier(ResourceId resource) {
        return ByOwner.of(earlier, Ended::resource).of(resource);
    }

    /** The changes of a resource that were carried out since the pass before. */
    public List<Change> done(ResourceId resource) {
        return Stream.concat(
                        earlier(resource).stream().flatMap(work -> work.outcomes().stream()),
                        planned(resource).stream())
                .filter(Outcome.Done.class::isInstance)
                .map(Outcome::change)
                .toList();
    }

    /** How changes of earlier plans ended, then this plan's. */
    public Stream<Outcome> ended() {
        return Stream.concat(earlier.stream().flatMap(e -> e.outcomes().stream()), all.stream());
    }
}
