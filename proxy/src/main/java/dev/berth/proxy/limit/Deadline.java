package dev.berth.proxy.limit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of a connection. Waiting for something new costs two fields; the task in the event
 * loop's queue looks at them when it fires and moves itself to the time that then counts. While it
 * is a receiver that is waited for, what is kept for it is counted. Confined to the event loop.
 */
public final class Deadline {
    /** Of an upload that its backend does not take: the high mark of a channel, and one read. */
    private static final long KEPT_OF_UPLOAD = 128 * 1024;

    private final EventLoop loop;
    private final Timeouts timeouts;
    private final Consumer<Wait> onExpiry;
    private final @Nullable Receiver receiver;
    private @Nullable Wait waiting;
    private long expiresAt;
    private long firesAt;
    private long unread;
    private @Nullable Future<?> task;

    /**
     * Not waiting yet.
     *
     * @param onExpiry called on the loop with what was waited for in vain, once per wait
     */
    public Deadline(EventLoop loop, Timeouts timeouts, Consumer<Wait> onExpiry) {
        this(loop, timeouts, onExpiry, null);
    }

    /** The same for a connection or stream that answers are written to. */
    public Deadline(
            EventLoop loop,
            Timeouts timeouts,
            Consumer<Wait> onExpiry,
            @Nullable Receiver receiver) {
        this.loop = loop;
        this.timeouts = timeouts;
        this.onExpiry = onExpiry;
        this.receiver = receiver;
    }

    /**
     * Who takes what is written, or does not.
     *
     * @param unread bytes that were written and not taken
     */
    public record Receiver(LongSupplier unread, Stalls.Stall stall) {
        /** Of what is written to a socket, or to a stream that counts like one. */
        public static Receiver of(Channel channel, Stalls.Stall stall) {
            return new Receiver(() -> Stalls.pending(channel), stall);
        }

        private void count(@Nullable Wait wait) {
            switch (wait) {
                case ClientTakesBody -> stall.begins(unread);
                case BackendTakesBody -> stall.begins(KEPT_OF_UPLOAD);
                case ResponseBody -> stall.keeps(unread);
                case null -> stall.ends();
                case NextRequest, RequestHead, RequestBody, ResponseHead, Tunnel, ClientClose ->
                        stall.ends();
            }
        }
    }

    /** Waits for this from now on, instead of what it was. */
    public void await(Wait wait) {
        waitFor(wait);
        if (receiver != null && wait == Wait.ClientTakesBody) {
            unread = receiver.unread().getAsLong();
        }
        expiresAt = System.nanoTime() + timeouts.of(wait).toNanos();
        if (task == null || expiresAt - firesAt < 0) {
            unschedule();
            schedule();
        }
    }

    /** Waits for nothing. */
    public void clear() {
        waitFor(null);
    }

    /** Does not wait any longer for what is being waited for, as if it had taken too long. */
    public void expire() {
        Wait wait = waiting;
        waitFor(null);
        if (wait != null) {
            onExpiry.accept(wait);
        }
    }

    /** What is being waited for. */
    public @Nullable Wait waiting() {
        return waiting;
    }

    /** Takes the timer out of the loop's queue; {@link #await} would start it again. */
    public void close() {
        waitFor(null);
        unschedule();
    }

    private void waitFor(@Nullable Wait wait) {
        waiting = wait;
        if (receiver != null) {
            receiver.count(wait);
        }
    }

    private void unschedule() {
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
        } else if (receiver != null
                && wait == Wait.ClientTakesBody
                && receiver.unread().getAsLong() < unread) {
            await(wait); // slow, but it takes something
        } else {
            expire();
        }
    }
}
