package dev.berth.reconciler.engine.dockerfile;

import java.util.List;
import java.util.stream.Collectors;

/** Which builder builds a Dockerfile. */
public sealed interface BuilderChoice {
    /** The plain {@code POST /build}, with whatever builder the engine has there. */
    record Plain() implements BuilderChoice {}

    /** {@code POST /build?version=2}. */
    record BuildKit() implements BuilderChoice {}

    /**
     * It needs BuildKit, and the engine has none.
     *
     * @param needs at least one
     */
    record Missing(List<BuildKitNeed> needs) implements BuilderChoice {
        public Missing {
            needs = List.copyOf(needs);
        }

        /** What is wrong and what to do, in one line. */
        public String advice() {
            return "its Dockerfile needs BuildKit (%s), and this engine has only the classic builder. Take an engine that has BuildKit (Docker 18.09 or later on Linux), or write the Dockerfile without it"
                    .formatted(shown(needs));
        }
    }

    /**
     * It needs BuildKit, where the limits that it is to have do not hold.
     *
     * @param needs at least one
     */
    record Unlimited(List<BuildKitNeed> needs) implements BuilderChoice {
        public Unlimited {
            needs = List.copyOf(needs);
        }

        /** What is wrong and what to do, in one line. */
        public String advice() {
            return "its Dockerfile needs BuildKit (%s), in which limits of memory and CPU don't hold. Take memory and cpus away (in spec.build; unlimited: true there takes away those of the Instance), or what needs BuildKit: mounts, and variables with at: build that are secret"
                    .formatted(shown(needs));
        }
    }

    /**
     * What a build asks of its builder.
     *
     * @param needs what only BuildKit understands
     * @param better whether there is something else that BuildKit does better
     * @param secrets whether it is given secrets
     * @param limited whether its memory or CPU is limited
     */
    record Wish(List<BuildKitNeed> needs, boolean better, boolean secrets, boolean limited) {
        public Wish {
            needs = List.copyOf(needs);
        }

        /** Whether it matters which builders there are. */
        public boolean choosy() {
            return !needs.isEmpty() || (better && !limited);
        }
    }

    /** BuildKit where it is needed and there; the plain builder wherever it is enough. */
    static BuilderChoice of(Wish wish, BuilderOffer offer) {
        if (!wish.choosy()) {
            return new Plain();
        }
        boolean needed = !wish.needs().isEmpty();
        return switch (offer) {
            case BUILDKIT ->
                    wish.limited() && needed ? new Unlimited(wish.needs()) : new BuildKit();
            // It has a way of its own to be given secrets.
            case OWN -> needed && wish.secrets() ? new Missing(wish.needs()) : new Plain();
            case CLASSIC -> needed ? new Missing(wish.needs()) : new Plain();
        };
    }

    private static String shown(List<BuildKitNeed> needs) {
        return needs.stream()
                .limit(3)
                .map(need -> "line %d: %s".formatted(need.line(), need.feature()))
                .collect(Collectors.joining("; "));
    }
}
