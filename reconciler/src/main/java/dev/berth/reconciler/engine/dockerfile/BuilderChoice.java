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
        private static final int SHOWN = 3;

        public Missing {
            needs = List.copyOf(needs);
        }

        /** What is wrong and what to do, in one line. */
        public String advice() {
            String first =
                    needs.stream()
                            .limit(SHOWN)
                            .map(need -> "line %d: %s".formatted(need.line(), need.feature()))
                            .collect(Collectors.joining("; "));
            return "its Dockerfile needs BuildKit (%s), and this engine has only the classic builder. Take an engine that has BuildKit (Docker 18.09 or later on Linux), or write the Dockerfile without it"
                    .formatted(first);
        }
    }

    /** BuildKit where it is needed and there; the plain builder wherever it is enough. */
    static BuilderChoice of(List<BuildKitNeed> needs, BuilderOffer offer) {
        if (needs.isEmpty()) {
            return new Plain();
        }
        return switch (offer) {
            case BUILDKIT -> new BuildKit();
            case OWN -> new Plain();
            case CLASSIC -> new Missing(needs);
        };
    }
}
