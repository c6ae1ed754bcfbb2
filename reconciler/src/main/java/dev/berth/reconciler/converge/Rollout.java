package dev.berth.reconciler.converge;

import dev.berth.reconciler.live.ContainerView;
import java.util.List;

/**
 * How far a resource's changes have come. A crash loses it, and nothing else: the next pass reads
 * the same from the engine and the edge.
 */
sealed interface Rollout {
    /** Nothing new runs. */
    record Untouched() implements Rollout {}

    /** The containers of the new release run and have proven themselves; none is in traffic. */
    record Ready(List<ContainerView> containers) implements Rollout {
        public Ready {
            containers = List.copyOf(containers);
        }
    }

    /** The new state is in traffic; the old one may drain. */
    record Switched() implements Rollout {}
}
