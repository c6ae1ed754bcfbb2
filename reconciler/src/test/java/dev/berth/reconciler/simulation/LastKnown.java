package dev.berth.reconciler.simulation;

import dev.berth.schemas.config.ResourceId;
import java.util.Set;

/**
 * How things stood when the repo stopped saying what should be.
 *
 * @param tree what control followed last
 * @param whole apps that served as it says, with nothing else there
 * @param routed false when the edge has forgotten its routes since: nobody can tell it which
 */
record LastKnown(Tree tree, Set<ResourceId> whole, boolean routed) {
    LastKnown {
        whole = Set.copyOf(whole);
    }

    LastKnown withoutRoutes() {
        return new LastKnown(tree, whole, false);
    }
}
