package dev.berth.reconciler.live;

/** A look at the world. Not being able to look is not the same as seeing nothing. */
public sealed interface Observation {
    /** Looked, and this is all there is. */
    record Known(LiveState live) implements Observation {}

    /**
     * Could not look, or only in part.
     *
     * @param cause for people: what failed and what to do
     */
    record Unknown(String cause) implements Observation {}
}
