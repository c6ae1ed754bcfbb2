package dev.berth.reconciler.engine;

/**
 * A stamp on an engine that says who writes there for an instance: the highest number counts.
 *
 * @param number from 1; who takes over stamps a higher one
 * @param holder id of the home that stamped it
 */
public record Epoch(long number, String holder) {
    public Epoch {
        if (number < 1) {
            throw new IllegalArgumentException("no epoch has the number " + number);
        }
    }
}
