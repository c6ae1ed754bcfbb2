package dev.berth.webapp.stream;

import dev.berth.reconciler.status.StatusBoard.Subscription;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One client of the stream: a mailbox for the newest pass and the thread that empties it. */
final class Listener implements AutoCloseable {
    private static final Duration SEND_WITHIN = Duration.ofSeconds(20);

    private final SseEventSink sink;
    private final Sse sse;
    private final Duration heartbeat;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition told = lock.newCondition();
    private @Nullable PassReport waiting;
    private boolean closed;

    // Owned by the thread that runs.
    private Map<ResourceId, ResourceStatus> known = new HashMap<>();

    /** What the event {@code pass} says. */
    record PassEvent(
            String pass,
            Instant startedAt,
            Duration duration,
            String trigger,
            String revision,
            int changes,
            int problems,
            int resources) {}

    Listener(SseEventSink sink, Sse sse, Duration heartbeat) {
        this.sink = sink;
        this.sse = sse;
        this.heartbeat = heartbeat;
    }

    /** Leaves a pass, in place of one that was not sent yet. Never blocks. */
    void tell(PassReport pass) {
        lock.lock();
        try {
            waiting = pass;
            told.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Sends until the client goes away or the listener is closed. */
    void run(Subscription subscription) {
        try (sink) {
            while (!sink.isClosed() && !isClosed()) {
                PassReport pass = next();
                if (pass == null) {
                    send(sse.newEventBuilder().comment("still here").build());
                } else {
                    sendPass(pass);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | IOException | IllegalStateException e) {
            // The client went away or reads too slowly; it will ask again.
            subscription.close();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            told.signal();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** The pass to send next; {@code null} when it is time for a heartbeat. */
    private @Nullable PassReport next() throws InterruptedException {
        lock.lock();
        try {
            long left = heartbeat.toNanos();
            while (waiting == null && !closed && left > 0) {
                left = told.awaitNanos(left);
            }
            PassReport next = waiting;
            waiting = null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void sendPass(PassReport pass)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<ResourceId, ResourceStatus> now = new HashMap<>();
        for (ResourceStatus status : pass.resources()) {
            now.put(status.id(), status);
            if (!status.equals(known.get(status.id()))) {
                send(event("resource", pass.id(), status));
            }
        }
        known = now;
        send(event("pass", pass.id(), summary(pass)));
    }

    private static PassEvent summary(PassReport pass) {
        return new PassEvent(
                pass.id(),
                pass.startedAt(),
                pass.duration(),
                pass.trigger(),
                pass.revision(),
                pass.changes().size(),
                pass.problems().size(),
                pass.resources().size());
    }

    private OutboundSseEvent event(String name, String id, Object data) {
        return sse.newEventBuilder()
                .name(name)
                .id(id)
                .mediaType(MediaType.TEXT_PLAIN_TYPE)
                .data(String.class, Json.write(data))
                .build();
    }

    private void send(OutboundSseEvent event)
            throws InterruptedException, ExecutionException, TimeoutException {
        sink.send(event).toCompletableFuture().get(SEND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }
}
