package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.recognise.PlanFailure;
import java.util.List;

/** What a directory is. */
public sealed interface Detection {
    /**
     * It can be built.
     *
     * @param ranked never empty; the first is taken
     * @param passedOver what was recognised too, but less surely, and can't be built
     */
    record Found(List<Candidate> ranked, List<PlanFailure> passedOver) implements Detection {
        public Found {
            ranked = List.copyOf(ranked);
            passedOver = List.copyOf(passedOver);
        }

        public Candidate best() {
            return ranked.getFirst();
        }
    }

    /**
     * It can't, and nothing need be tried to know that.
     *
     * @param others what could be built, but is not what it most likely is
     */
    record Impossible(PlanFailure failure, List<Candidate> others) implements Detection {
        public Impossible {
            others = List.copyOf(others);
        }
    }
}
