package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Wanted;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import java.util.List;

/**
 * All that is to be done for one resource by one plan.
 *
 * @param pass the number of the pass that planned it
 * @param commit what that pass followed
 * @param wanted what it leads to
 * @param changes in order; at least one
 */
record Assignment(
        long pass,
        Commit commit,
        String instance,
        ResourceId resource,
        Wanted wanted,
        List<Change> changes) {
    Assignment {
        changes = List.copyOf(changes);
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("nothing to do for " + resource);
        }
    }

    /** True when the resource is to go, or its data. */
    boolean removal() {
        return changes.getFirst() instanceof Change.RemoveResource
                || changes.getFirst() instanceof Change.RemoveVolume;
    }

    /** True when work on this one is as good as work on that one. */
    boolean leadsToTheSameAs(Assignment other) {
        return removal() == other.removal() && wanted.equals(other.wanted());
    }
}
