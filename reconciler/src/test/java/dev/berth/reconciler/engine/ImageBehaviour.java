package dev.berth.reconciler.engine;

import java.time.Duration;
import java.util.List;

/** What containers of an image do in the {@link FakeEngine}. */
public sealed interface ImageBehaviour {
    /** Runs its command (see {@link FakeShell}), or until it is stopped when it has none. */
    record Runs() implements ImageBehaviour {}

    /** Prints the lines and ends, each time the engine starts it. */
    record Exits(int code, List<String> output) implements ImageBehaviour {}

    /** Ends with code 1 at its first starts, and runs from the next one on, without HEALTHCHECK. */
    record RunsAfter(int failedStarts) implements ImageBehaviour {}

    /** Ends with code 3 so long after each of its first starts, and runs from then on. */
    record Falls(Duration after, int times) implements ImageBehaviour {}

    /** The engine refuses to start it. */
    record RefusesToStart(String message) implements ImageBehaviour {}

    /** Runs and has a HEALTHCHECK that passes so long after each start, by the fake's clock. */
    record HealthyAfter(Duration delay) implements ImageBehaviour {}

    /** Runs and has a HEALTHCHECK that fails. */
    record Unhealthy() implements ImageBehaviour {}
}
