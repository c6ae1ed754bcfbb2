package dev.berth.reconciler.converge;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * How the same deed ended for several containers, done side by side: one may take long, and an app
 * may have many.
 */
final class SideBySide {
    private final Map<ContainerId, ReconcileException> failures = new LinkedHashMap<>();
    private @Nullable Throwable bug;

    private SideBySide() {}

    /** What is done for each. */
    @FunctionalInterface
    interface Deed {
        void to(ContainerView container) throws ReconcileException;
    }

    /**
     * Returns when all have ended, also when a bug ended one: no call is cut short for another's.
     *
     * @param what in a word, for the names of the threads
     * @throws InterruptedException when the caller is interrupted; then the deeds are too
     */
    static SideBySide run(Clockwork clock, String what, List<ContainerView> containers, Deed deed)
            throws InterruptedException {
        Map<ContainerId, FutureTask<Boolean>> deeds = new LinkedHashMap<>();
        for (ContainerView container : containers) {
            FutureTask<Boolean> task =
                    new FutureTask<>(
                            () -> {
                                deed.to(container);
                                return true;
                            });
            deeds.put(container.id(), task);
            var _ = clock.start(what + " " + container.name(), task);
        }
        SideBySide ended = new SideBySide();
        try {
            for (Map.Entry<ContainerId, FutureTask<Boolean>> each : deeds.entrySet()) {
                ended.await(each.getKey(), each.getValue());
            }
        } catch (InterruptedException e) {
            deeds.values().forEach(task -> task.cancel(true));
            throw e;
        }
        if (ended.bug != null) {
            throw new IllegalStateException("a bug ended a deed", ended.bug);
        }
        return ended;
    }

    private void await(ContainerId id, FutureTask<Boolean> task) throws InterruptedException {
        try {
            var _ = task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReconcileException failure) {
                failures.put(id, failure);
            } else {
                bug = e.getCause();
            }
        }
    }

    boolean failed(ContainerView container) {
        return failures.containsKey(container.id());
    }

    /** Throws the failure of the first that failed, if any did. */
    void throwFirst() throws ReconcileException {
        for (ReconcileException failure : failures.values()) {
            throw failure;
        }
    }
}
