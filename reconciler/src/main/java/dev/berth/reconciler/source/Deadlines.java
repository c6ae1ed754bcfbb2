package dev.berth.reconciler.source;

import java.time.Duration;

/**
 * How long Git may take.
 *
 * @param io time one connect or read may take; whole seconds, at least 1
 * @param answer time a caller waits before it gets the last known revision; the look goes on
 * @param look time one look, with its fetch, may take before it is cut off
 */
public record Deadlines(Duration io, Duration answer, Duration look) {
    /** For servers on the internet. */
    public static final Deadlines STANDARD =
            new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(20), Duration.ofMinutes(10));

    /**
     * For repos of which one holds up all the others: their looks are waited for together, and a
     * late one tells when it ends.
     */
    public static final Deadlines OF_APPS =
            new Deadlines(STANDARD.io, Duration.ofSeconds(3), STANDARD.look);

    public Deadlines {
        if (io.toSeconds() < 1 || io.toNanosPart() != 0) {
            throw new IllegalArgumentException("io must be whole seconds, at least 1: " + io);
        }
        if (answer.isNegative() || answer.isZero() || look.compareTo(answer) < 0) {
            throw new IllegalArgumentException("need 0 < answer <= look: " + answer + ", " + look);
        }
    }
}
