package dev.berth.reconciler.trigger;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What woke the loop and no pass has answered yet. To add a trigger and end the pass at work for
 * it, and to take triggers and become the pass for them, are one step each: so no pass is ended for
 * what it has taken itself. Anyone may add; one thread, the loop's, takes.
 */
public final class ReconcileQueue {
    private final LinkedBlockingDeque<Trigger> triggers = new LinkedBlockingDeque<>();
    private final Runnable hurry;
    private final Object turn = new Object();
    private boolean passForWake;
    private long pass;

    /**
     * An empty queue.
     *
     * @param hurry ends the waits of the pass at work; must not block
     */
    public ReconcileQueue(Runnable hurry) {
        this.hurry = hurry;
    }

    /**
     * Adds what wants a pass; a request for a sleeping app ends the one at work, if it is not for
     * another of them.
     */
    public void add(Trigger trigger) {
        synchronized (turn) {
            triggers.add(trigger);
            if (trigger instanceof Trigger.WakeRequested && !passForWake) {
                hurry.run();
            }
        }
    }

    /** The first trigger, which stays where it is; {@code null} when none came in that time. */
    public @Nullable Trigger await(Duration atMost) throws InterruptedException {
        Trigger first = triggers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
            triggers.addFirst(first);
        }
        return first;
    }

    /** True when a request for a sleeping app waits. */
    public boolean asked() {
        return first(Trigger.WakeRequested.class) != null;
    }

    /**
     * Takes what the next pass is for: all that it answers goes with it. A pass for a sleeping app
     * looks at no repo, so it answers no other trigger. Call it when there is one.
     */
    public Trigger take() {
        synchronized (turn) {
            pass++;
            Trigger first = triggers.getFirst();
            Trigger asked = first(Trigger.WakeRequested.class);
            Trigger pushed = first(Trigger.RepoChanged.class);
            if (asked != null && pushed == null) {
                triggers.removeIf(Trigger.WakeRequested.class::isInstance);
                passForWake = true;
                return asked;
            }
            triggers.clear();
            return pushed != null ? pushed : first;
        }
    }

    /** Which pass is at work. */
    public long pass() {
        synchronized (turn) {
            return pass;
        }
    }

    /** The pass has ended. */
    public void ended() {
        synchronized (turn) {
            passForWake = false;
        }
    }

    /**
     * Ends a pass for a sleeping app, if another one is asked for.
     *
     * @return true when it was ended, or is over
     */
    public boolean letIn(long number) {
        synchronized (turn) {
            if (!passForWake || number != pass) {
                return true;
            }
            boolean waiting = asked();
            if (waiting) {
                hurry.run();
            }
            return waiting;
        }
    }

    private @Nullable Trigger first(Class<? extends Trigger> kind) {
        return triggers.stream().filter(kind::isInstance).findFirst().orElse(null);
    }
}
