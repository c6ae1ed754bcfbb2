package dev.berth.proxy.app;

import java.util.function.LongSupplier;

/** One app's. Thread-safe. */
public final class AppState {
    private final RetryBudget retries;

    AppState(LongSupplier nanoTime) {
        this.retries = new RetryBudget(nanoTime);
    }

    /** How often its requests may be sent once more. */
    public RetryBudget retries() {
        return retries;
    }
}
