package dev.berth.webapp.stream;

import dev.berth.schemas.Json;
import jakarta.ws.rs.core.GenericType;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client that keeps what it was sent. Thread-safe. */
final class SentEvents implements SseEventSink, Sse {
    private final List<Event> events = new ArrayList<>();
    private boolean closed;

    /** The names of all events, in order, without comments. */
    synchronized List<String> names() {
        return events.stream().map(Event::getName).filter(Objects::nonNull).toList();
    }

    /** All lines of a log, in order. */
    synchronized List<String> lines() {
        return events.stream()
                .filter(event -> "log".equals(event.name))
                .flatMap(event -> List.of(Json.read(event.text(), String[].class)).stream())
                .toList();
    }

    /** The id of the last lines. */
    synchronized String lastId() {
        return events.stream()
                .map(Event::getId)
                .filter(Objects::nonNull)
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    /** What the last event says. */
    synchronized String last() {
        return events.getLast().text();
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized CompletionStage<?> send(OutboundSseEvent event) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        events.add((Event) event);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public OutboundSseEvent.Builder newEventBuilder() {
        return new Event();
    }

    @Override
    public SseBroadcaster newBroadcaster() {
        throw new UnsupportedOperationException(); // each client has a thread of its own
    }

    /** An event, and what makes it. */
    @SuppressWarnings("rawtypes") // as the interface has them
    private static final class Event implements OutboundSseEvent, OutboundSseEvent.Builder {
        private @Nullable String id;
        private @Nullable String name;
        private @Nullable String comment;
        private @Nullable Object data;

        String text() {
            return String.valueOf(data);
        }

        @Override
        public Builder id(String to) {
            id = to;
            return this;
        }

        @Override
        public Builder name(String to) {
            name = to;
            return this;
        }

        @Override
        public Builder reconnectDelay(long milliseconds) {
            return this;
        }

        @Override
        public Builder mediaType(MediaType to) {
            return this;
        }

        @Override
        public Builder comment(String to) {
            comment = to;
            return this;
        }

        @Override
        public Builder data(Class type, Object to) {
            data = to;
            return this;
        }

        @Override
        public Builder data(GenericType type, Object to) {
            data = to;
            return this;
        }

        @Override
        public Builder data(Object to) {
            data = to;
            return this;
        }

        @Override
        public OutboundSseEvent build() {
            return this;
        }

        @Override
        public Class<?> getType() {
            return String.class;
        }

        @Override
        public Type getGenericType() {
            return String.class;
        }

        @Override
        public MediaType getMediaType() {
            return MediaType.TEXT_PLAIN_TYPE;
        }

        @Override
        public @Nullable Object getData() {
            return data;
        }

        @Override
        public @Nullable String getId() {
            return id;
        }

        @Override
        public @Nullable String getName() {
            return name;
        }

        @Override
        public @Nullable String getComment() {
            return comment;
        }

        @Override
        public long getReconnectDelay() {
            return RECONNECT_NOT_SET;
        }

        @Override
        public boolean isReconnectDelaySet() {
            return false;
        }
    }
}
