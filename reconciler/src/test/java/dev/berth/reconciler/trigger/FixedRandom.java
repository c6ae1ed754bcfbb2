package dev.berth.reconciler.trigger;

import java.util.random.RandomGenerator;

/** The same number each time. */
record FixedRandom(double value) implements RandomGenerator {
    @Override
    public double nextDouble() {
        return value;
    }

    @Override
    public long nextLong() {
        throw new UnsupportedOperationException("only nextDouble is fixed");
    }
}
