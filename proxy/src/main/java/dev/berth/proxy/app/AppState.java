package dev.berth.proxy.app;

import java.util.function.LongSupplier;

/** One app's. Thread-safe. */
public final class AppState {
    private final RetryBudget retries;
    private final HeldRequests held = new HeldRequests();
    private final Activity activity;

    AppState(LongSupplier nanoTime) {
        this.retries = new RetryBudget(nanoTime);
        this.activity = new Activity(nanoTime);
    }

    /** Those of its requests that wait for it. */
    public HeldRequests held() {
        return held;
    }

    /** Whether it is used. */
    public Activity activity() {
        return activity;
    }

    /** How often its requests may be sent once more. */
    public RetryBudget retries() {
        return retries;
    }
}
