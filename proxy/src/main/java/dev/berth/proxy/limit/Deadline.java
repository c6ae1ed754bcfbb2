package dev.berth.proxy.limit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of a connection. Waiting for something new costs two fields; the task in the event
 * loop's queue looks at them when it fires and moves itself to the time that then counts. Confined
 * to the event loop.
 */
public final class Deadline {
    private final EventLoop loop;
    private final Timeouts timeouts;
    private final Consumer<Wait> onExpiry;
    private @Nullable Wait waiting;
    private long expiresAt;
    private long firesAt;
    private @Nullable Future<?> task;

    /**
     * Not waiting yet.
     *
     * @param onExpiry called on the loop with what was waited for in vain, once per wait
     */
    public Deadline(EventLoop loop, Timeouts timeouts, Consumer<Wait> onExpiry) {
        this.loop = loop;
        this.timeouts = timeouts;
        this.onExpiry = onExpiry;
    }

    /** Waits for this from now on, instead of what it was. */
    public void await(Wait wait) {
        waiting = wait;
        expiresAt = System.nanoTime() + timeouts.of(wait).toNanos();
        if (task == null || expiresAt - firesAt < 0) {
            close();
            schedule();
        }
    }

    /** Waits for nothing. */
    public void clear() {
        waiting = null;
    }

    /** What is being waited for. */
    public @Nullable Wait waiting() {
        return waiting;
    }

    /** Takes the timer out of the loop's queue; {@link #await} would start it again. */
    public void close() {
        Future<?> pending = task;
        task = null;
        if (pending != null) {
            var _ = pending.cancel(false);
        }
    }

    private void schedule() {
        firesAt = expiresAt;
        long delay = Math.max(0, expiresAt - System.nanoTime());
        task = loop.schedule(this::fire, delay, TimeUnit.NANOSECONDS);
    }

    private void fire() {
        task = null;
        Wait wait = waiting;
        if (wait == null) {
            return;
        }
        if (System.nanoTime() - expiresAt < 0) {
            schedule();
            return;
        }
        waiting = null;
        onExpiry.accept(wait);
    }
}
