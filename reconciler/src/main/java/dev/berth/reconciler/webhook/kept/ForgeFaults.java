package dev.berth.reconciler.webhook.kept;

import java.util.List;

/** What can't be done at forges now. Thread-safe; answers at once. */
@FunctionalInterface
public interface ForgeFaults {
    /** By repo; nothing while all goes well. */
    List<ForgeFault> now();
}
