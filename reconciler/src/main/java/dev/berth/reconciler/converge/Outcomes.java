package dev.berth.reconciler.converge;

import dev.berth.schemas.config.ResourceId;
import java.util.List;

/**
 * How a plan ended.
 *
 * @param all one for each change, in plan order
 */
public record Outcomes(List<Outcome> all) {
    public Outcomes {
        all = List.copyOf(all);
    }

    /** Those of one resource. */
    public List<Outcome> of(ResourceId resource) {
        return all.stream().filter(o -> o.change().resource().equals(resource)).toList();
    }
}
