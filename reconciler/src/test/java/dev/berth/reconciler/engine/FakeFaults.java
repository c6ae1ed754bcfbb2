package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What goes wrong in a {@link FakeEngine}, and when. A hook may throw an unchecked exception or
 * error too: that is how a test kills control between two calls.
 */
public final class FakeFaults {
    private final Object lock = new Object();
    private final Map<EngineCall, List<Hook>> before = new EnumMap<>(EngineCall.class);
    private final Map<EngineCall, List<Hook>> after = new EnumMap<>(EngineCall.class);
    private Duration latency = Duration.ZERO;
    private boolean down;

    FakeFaults() {}

    /** Runs around a call, outside the engine's lock. */
    @FunctionalInterface
    public interface Hook {
        /**
         * Does something, or fails the call.
         *
         * @param subject as in {@link FakeEngine.Entry}
         * @throws ReconcileException which the call then throws
         */
        void run(String subject) throws ReconcileException;
    }

    /** Runs before the next call of the kind has its effect. */
    public void beforeNext(EngineCall call, Hook hook) {
        add(before, call, hook);
    }

    /** Runs after the next call of the kind had its effect. */
    public void afterNext(EngineCall call, Hook hook) {
        add(after, call, hook);
    }

    /** The next call of the kind fails and has no effect. */
    public void failNext(EngineCall call, ReconcileException failure) {
        beforeNext(
                call,
                _ -> {
                    throw failure;
                });
    }

    /** The next call of the kind has its effect, but the answer gets lost. */
    public void loseAnswerOfNext(EngineCall call) {
        afterNext(
                call,
                _ -> {
                    throw unavailable();
                });
    }

    /** Every call takes so long. */
    public void latency(Duration each) {
        synchronized (lock) {
            latency = each;
        }
    }

    void down(boolean now) {
        synchronized (lock) {
            down = now;
        }
    }

    void before(EngineCall call, String subject) throws ReconcileException {
        pause();
        List<Hook> hooks;
        synchronized (lock) {
            if (down) {
                throw unavailable();
            }
            hooks = take(before, call);
        }
        run(hooks, subject);
    }

    void after(EngineCall call, String subject) throws ReconcileException {
        List<Hook> hooks;
        synchronized (lock) {
            hooks = take(after, call);
        }
        run(hooks, subject);
    }

    private void add(Map<EngineCall, List<Hook>> hooks, EngineCall call, Hook hook) {
        synchronized (lock) {
            hooks.computeIfAbsent(call, _ -> new ArrayList<>()).add(hook);
        }
    }

    /** One hook a call: two that were set hit two calls. */
    private static List<Hook> take(Map<EngineCall, List<Hook>> hooks, EngineCall call) {
        Iterator<Hook> waiting = hooks.getOrDefault(call, List.of()).iterator();
        if (!waiting.hasNext()) {
            return List.of();
        }
        Hook next = waiting.next();
        waiting.remove();
        return List.of(next);
    }

    private static void run(List<Hook> hooks, String subject) throws ReconcileException {
        for (Hook hook : hooks) {
            hook.run(subject);
        }
    }

    private void pause() throws ReconcileException {
        Duration pause;
        synchronized (lock) {
            pause = latency;
        }
        if (pause.isZero() && !Thread.currentThread().isInterrupted()) {
            return; // a sleep of no time would let others go on here
        }
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Transient(ReasonCode.Superseded, "interrupted", e);
        }
    }

    private static Transient unavailable() {
        return new Transient(
                ReasonCode.EngineUnavailable, "the container engine does not answer: it is down");
    }
}
