package dev.berth.reconciler.build.recognise;

/**
 * No plan is possible. A way out of families only: {@code Detector} makes a value of it. Without
 * stack trace.
 */
public final class Unplannable extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient PlanFailure failure;

    public Unplannable(PlanFailure failure) {
        super(failure.what(), null, false, false);
        this.failure = failure;
    }

    public PlanFailure failure() {
        return failure;
    }
}
