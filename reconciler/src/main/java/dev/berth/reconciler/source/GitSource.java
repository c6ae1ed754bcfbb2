package dev.berth.reconciler.source;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One branch of one Git repo, watched. A call does at most one fetch and returns within its
 * deadline; failures are part of the answer. Thread-safe.
 */
public interface GitSource {
    /** Looks at the remote, fetches what is new and tells where the branch stands. */
    SourceReading latestVerified();

    /**
     * The same for a caller that may have something better to do than to wait.
     *
     * @param enough asked now and then, on the caller's thread, whether that is so
     * @return {@code null} when it was: the look goes on, and its end tells the caller
     * @throws InterruptedException if the process ends meanwhile
     */
    default @Nullable SourceReading latestVerified(BooleanSupplier enough)
            throws InterruptedException {
        return latestVerified();
    }

    /** True while a look goes on that nobody waits for. Asked by the one thread that looks. */
    default boolean isLooking() {
        return false;
    }
}
