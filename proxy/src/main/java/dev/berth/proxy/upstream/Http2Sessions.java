package dev.berth.proxy.upstream;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.schemas.edge.Backend;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The HTTP/2 connections of one event loop to backends. Requests that come while one is being made
 * wait for it. Confined to the loop.
 */
final class Http2Sessions {
    private final Timeouts timeouts;
    private final BiConsumer<Backend, UpstreamPool.Opened> connector;
    private final Map<Backend, List<Http2Session>> sessions = new HashMap<>();
    private final Map<Backend, List<UpstreamPool.Attempt>> waiting = new HashMap<>();

    /**
     * None yet.
     *
     * @param connector opens a connection
     */
    Http2Sessions(Timeouts timeouts, BiConsumer<Backend, UpstreamPool.Opened> connector) {
        this.timeouts = timeouts;
        this.connector = connector;
    }

    /** Opens a stream to the backend, on a connection that is there or on a new one. */
    void open(Backend backend, UpstreamPool.Attempt attempt) {
        for (Http2Session session : sessions.getOrDefault(backend, List.of())) {
            if (session.takes()) {
                session.open(attempt);
                return;
            }
        }
        List<UpstreamPool.Attempt> others = waiting.get(backend);
        if (others != null) {
            others.add(attempt);
            return;
        }
        waiting.put(backend, new ArrayList<>(List.of(attempt)));
        connector.accept(backend, new Opening(backend));
    }

    /** A connection on its way, and those that wait for it. */
    private final class Opening implements UpstreamPool.Opened {
        private final Backend backend;

        Opening(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void connected(Channel channel) {
            Http2Session session = new Http2Session(channel, timeouts);
            sessions.computeIfAbsent(backend, _ -> new ArrayList<>(1)).add(session);
            channel.closeFuture().addListener(_ -> forget(session));
            waiters().forEach(attempt -> open(backend, attempt));
        }

        @Override
        public void failed(Throwable cause) {
            waiters().forEach(attempt -> attempt.failed(cause));
        }

        private List<UpstreamPool.Attempt> waiters() {
            List<UpstreamPool.Attempt> all = waiting.remove(backend);
            return all == null ? List.of() : all;
        }

        private void forget(Http2Session session) {
            List<Http2Session> open = sessions.get(backend);
            if (open != null) {
                open.remove(session);
                if (open.isEmpty()) {
                    sessions.remove(backend);
                }
            }
        }
    }
}
