package dev.berth.proxy.exchange;

import dev.berth.proxy.routing.BackendLoad;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a stream some time after its backend went out of traffic: an upgraded connection or an event
 * stream would stay with the old release for as long as its client lives. One that is routed again
 * in time keeps it. Confined to the event loop but for the backend's call.
 */
final class StreamGrace {
    private final EventLoop loop;
    private final BackendLoad backend;
    private final @Nullable Duration grace;
    private final Runnable onEnd;
    private final Runnable onUnrouted;
    private @Nullable Future<?> timer;
    private boolean closed;

    private StreamGrace(
            EventLoop loop, BackendLoad backend, @Nullable Duration grace, Runnable onEnd) {
        this.loop = loop;
        this.backend = backend;
        this.grace = grace;
        this.onEnd = onEnd;
        this.onUnrouted = () -> loop.execute(this::unrouted);
    }

    /**
     * Watches the backend from now on.
     *
     * @param grace {@code null} = the stream may stay until all have to end
     * @param onEnd called on the loop, at most once
     */
    static StreamGrace begin(
            EventLoop loop, BackendLoad backend, @Nullable Duration grace, Runnable onEnd) {
        StreamGrace watch = new StreamGrace(loop, backend, grace, onEnd);
        backend.streamBegins(watch.onUnrouted);
        if (!backend.routed()) {
            // Not at once: what owns the stream has yet to begin it.
            loop.execute(watch::unrouted);
        }
        return watch;
    }

    /** The stream has ended. */
    void close() {
        closed = true;
        backend.streamEnds(onUnrouted);
        cancelTimer();
    }

    private void unrouted() {
        if (closed) {
            return;
        }
        if (backend.streamsMustEnd()) {
            cancelTimer();
            onEnd.run();
        } else if (timer == null && grace != null) {
            timer = loop.schedule(this::end, grace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void end() {
        timer = null;
        if (!closed && !backend.routed()) {
            onEnd.run();
        }
    }

    private void cancelTimer() {
        Future<?> pending = timer;
        timer = null;
        if (pending != null) {
            var _ = pending.cancel(false);
        }
    }
}
