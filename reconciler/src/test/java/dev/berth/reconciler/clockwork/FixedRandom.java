package dev.berth.reconciler.clockwork;

import java.util.random.RandomGenerator;

/** The same number each time. */
public record FixedRandom(double value) implements RandomGenerator {
    @Override
    public double nextDouble() {
        return value;
    }

    @Override
    public long nextLong() {
        throw new UnsupportedOperationException("only nextDouble is fixed");
    }
}
