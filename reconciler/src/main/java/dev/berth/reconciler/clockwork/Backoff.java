package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after failures: twice as long each time, up to a limit, and never the same for
 * two that failed together. Thread-safe if its generator is.
 */
public final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final double JITTER = 0.2;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;

    /** From 2 seconds to 5 minutes. */
    public Backoff(RandomGenerator random) {
        this(FIRST, LONGEST, random);
    }

    /**
     * @param first wait after one failure, before jitter; positive
     * @param longest no wait is longer, jitter included; at least {@code first}
     */
    public Backoff(Duration first, Duration longest, RandomGenerator random) {
        if (!first.isPositive() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("need 0 < " + first + " <= " + longest);
        }
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /**
     * The wait after failures in a row: {@code first} doubled for each one after the first, up to
     * {@code longest}, then made up to a fifth shorter or longer.
     *
     * @param failures at least 1
     */
    public Duration delay(int failures) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures must be at least 1: " + failures);
        }
        Duration wait = first;
        for (int i = 1; i < failures && wait.compareTo(longest) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        Duration jittered = spread(wait.compareTo(longest) < 0 ? wait : longest, JITTER, random);
        return jittered.compareTo(longest) < 0 ? jittered : longest;
    }

    /** A duration made up to a share of it shorter or longer. */
    public static Duration spread(Duration duration, double share, RandomGenerator random) {
        double factor = 1 - share + 2 * share * random.nextDouble();
        return Duration.ofMillis(Math.round(duration.toMillis() * factor));
    }
}
