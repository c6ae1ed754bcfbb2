package dev.berth.reconciler.trigger;

import dev.berth.schemas.config.ResourceId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What woke the loop and no pass has answered yet. Anyone may add; one thread, the loop's, takes.
 * Thread-safe.
 */
public final class ReconcileQueue {
    private final Object lock = new Object();
    private final Deque<Trigger> triggers = new ArrayDeque<>();
    private final Runnable ring;

    /**
     * An empty queue.
     *
     * @param ring called after something was added; must not block
     */
    public ReconcileQueue(Runnable ring) {
        this.ring = ring;
    }

    /** Adds what wants a pass. Of the events of a resource the first that waits tells enough. */
    public void add(Trigger trigger) {
        synchronized (lock) {
            if (!waits(trigger)) {
                triggers.add(trigger);
            }
        }
        ring.run();
    }

    private boolean waits(Trigger trigger) {
        return trigger instanceof Trigger.EngineChanged(var app, _)
                && triggers.stream()
                        .anyMatch(
                                other ->
                                        other instanceof Trigger.EngineChanged(var same, _)
                                                && same.equals(app));
    }

    /**
     * True when something wants a pass now. What happens to a container of a resource that is being
     * worked on does not: mostly that work did it, and when it has ended there is a pass anyway.
     */
    public boolean pressing(Predicate<ResourceId> busy) {
        return pressing(busy, null);
    }

    /**
     * The same of all but one kind.
     *
     * @param but {@code null} = of all
     */
    public boolean pressing(Predicate<ResourceId> busy, @Nullable Class<? extends Trigger> but) {
        synchronized (lock) {
            return triggers.stream()
                    .filter(trigger -> but == null || !but.isInstance(trigger))
                    .anyMatch(
                            trigger ->
                                    !(trigger instanceof Trigger.EngineChanged(var app, _)
                                            && busy.test(app)));
        }
    }

    /** True when all that waits are events of the engine, of which more may come at once. */
    public boolean mayBeABurst() {
        synchronized (lock) {
            return triggers.stream().allMatch(Trigger.EngineChanged.class::isInstance);
        }
    }

    /**
     * Takes what the next pass is for: all that it answers goes with it. A pass for a sleeping app
     * looks at no repo, so it answers no other trigger; any other that is not about the repo does
     * not wait until a server has answered, so it answers no push.
     *
     * @return {@code null} when there is nothing
     */
    public @Nullable Trigger take() {
        synchronized (lock) {
            Trigger asked = first(Trigger.WakeRequested.class::isInstance);
            if (asked != null) {
                triggers.removeIf(Trigger.WakeRequested.class::isInstance);
                return asked;
            }
            Trigger pressing = first(trigger -> !(trigger instanceof Trigger.RepoChanged));
            if (pressing != null) {
                triggers.removeIf(trigger -> !(trigger instanceof Trigger.RepoChanged));
                return pressing;
            }
            Trigger pushed = triggers.peekFirst();
            triggers.clear();
            return pushed;
        }
    }

    private @Nullable Trigger first(Predicate<Trigger> kind) {
        return triggers.stream().filter(kind).findFirst().orElse(null);
    }
}
