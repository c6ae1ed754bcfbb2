package dev.berth.reconciler.converge;

import dev.berth.schemas.config.ResourceId;
import java.util.List;

/**
 * Work for a resource that has ended.
 *
 * @param pass the number of the pass that began it
 * @param generation that it led to; empty for what has none
 * @param outcomes one for each of its changes
 */
public record Ended(long pass, ResourceId resource, String generation, List<Outcome> outcomes) {
    public Ended {
        outcomes = List.copyOf(outcomes);
    }
}
