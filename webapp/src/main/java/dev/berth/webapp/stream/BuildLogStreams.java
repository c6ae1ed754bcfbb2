package dev.berth.webapp.stream;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildLogReader;
import dev.berth.reconciler.build.kept.BuildLogReader.Piece;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.Build;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Everyone who watches a build. Each has a thread of its own, which reads the log from disk at the
 * speed of its client: who comes late gets all of it, and then what comes. Thread-safe.
 *
 * <ul>
 *   <li>{@code log}: the next lines, as a JSON array; its id is where to go on after a break.
 *   <li>{@code done}: it serves, has failed or is superseded; the build as it is now. The last
 *       event.
 *   <li>a comment every 15 s, so that both sides notice a dead connection.
 * </ul>
 */
public final class BuildLogStreams implements AutoCloseable {
    private static final int MOST = 200;
    private static final Duration SEND_WITHIN = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final Builds builds;
    private final BuildLogReader logs;
    private final Duration heartbeat;
    private final Set<Watcher> watchers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    public BuildLogStreams(Builds builds, BuildLogReader logs, Duration heartbeat) {
        this.builds = builds;
        this.logs = logs;
        this.heartbeat = heartbeat;
    }

    /**
     * Begins to tell a client, until the build is done or the client goes away.
     *
     * @param after the id of the last event that it got; {@code null}, or what is none = from the
     *     start
     * @throws UnavailableException if there are too many already
     */
    public void open(String build, @Nullable String after, SseEventSink sink, Sse sse)
            throws UnavailableException {
        if (watchers.size() >= MOST) {
            throw new UnavailableException("%d watch builds already".formatted(MOST), null);
        }
        Watcher watcher = new Watcher(build, place(after), sink, sse);
        watchers.add(watcher);
        Thread thread = Thread.ofVirtual().name("berth-build-log").unstarted(watcher::run);
        watcher.thread = thread;
        thread.start();
    }

    private static long place(@Nullable String after) {
        return after != null && after.matches("[0-9]{1,18}") ? Long.parseLong(after) : 0;
    }

    @Override
    public void close() {
        closed.set(true);
        watchers.forEach(Watcher::end);
    }

    /** One client. */
    private final class Watcher {
        private final String build;
        private final SseEventSink sink;
        private final Sse sse;
        private long place;
        private volatile @Nullable Thread thread;

        Watcher(String build, long place, SseEventSink sink, Sse sse) {
            this.build = build;
            this.place = place;
            this.sink = sink;
            this.sse = sse;
        }

        void end() {
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }

        void run() {
            try (sink) {
                while (!sink.isClosed() && !closed.get() && tellMore()) {}
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException
                    | TimeoutException
                    | UnavailableException
                    | IOException
                    | IllegalStateException e) {
                // The client went away or reads too slowly; it will ask again.
            } finally {
                watchers.remove(this);
            }
        }

        /** False when there is no more. */
        private boolean tellMore()
                throws UnavailableException,
                        InterruptedException,
                        ExecutionException,
                        TimeoutException {
            Piece piece = logs.read(build, place, heartbeat);
            if (!piece.text().isEmpty()) {
                place = piece.end();
                List<String> lines = List.of(piece.text().split("\n", -1));
                send(
                        event("log", lines.subList(0, lines.size() - 1))
                                .id(Long.toString(place))
                                .build());
                return true;
            }
            if (piece.growing()) {
                send(sse.newEventBuilder().comment("still here").build());
                return true;
            }
            Build now = builds.build(build).orElse(null);
            if (now != null && !now.phase().last()) { // more of its steps, or its next attempt
                send(sse.newEventBuilder().comment("still here").build());
                Thread.sleep(LOOK_AGAIN);
                return true;
            }
            if (now != null) {
                send(event("done", now).build());
            }
            return false;
        }

        private OutboundSseEvent.Builder event(String name, Object data) {
            return sse.newEventBuilder()
                    .name(name)
                    .mediaType(MediaType.TEXT_PLAIN_TYPE)
                    .data(String.class, Json.write(data));
        }

        private void send(OutboundSseEvent event)
                throws InterruptedException, ExecutionException, TimeoutException {
            sink.send(event)
                    .toCompletableFuture()
                    .get(SEND_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
