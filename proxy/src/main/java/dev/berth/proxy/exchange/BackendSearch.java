package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.upstream.UpstreamConnection;
import dev.berth.proxy.upstream.UpstreamPool;
import dev.berth.schemas.edge.Route;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection for one request: from the pool if the request may use one, else a new one; to
 * another backend if the first cannot be reached, by the table that is in force then. Holds the
 * claim on the backend, which counts the request there. Confined to the event loop.
 */
final class BackendSearch implements UpstreamPool.Attempt {
    private static final int MAX_ATTEMPTS = 3;

    private final Exchange exchange;
    private final Found found;
    private final Set<BackendLoad> unreachable = new HashSet<>(0);
    private @Nullable BackendLoad claim;
    private boolean mayReuse;
    private boolean cancelled;
    private boolean hadFree;
    private int attempts;

    /**
     * A search that has not begun.
     *
     * @param claimed the first backend to try, which counts the request already
     * @param mayReuse whether a connection from the pool may be used
     */
    BackendSearch(Exchange exchange, BackendLoad claimed, boolean mayReuse, Found found) {
        this.exchange = exchange;
        this.found = found;
        this.claim = claimed;
        this.mayReuse = mayReuse;
    }

    /** Told how the search ends. */
    interface Found {
        /**
         * A connection is there.
         *
         * @param flush whether what is written to it must be flushed; else the end of the read that
         *     brought the request does so
         */
        void connected(UpstreamConnection connection, boolean flush);

        /** No backend can be reached. */
        void unreachable(Failure failure, String detail);
    }

    /** Tries the claimed backend. */
    void begin() {
        BackendLoad backend = claim;
        if (backend == null) {
            throw new IllegalStateException("no backend claimed");
        }
        attempts++;
        exchange.entry().asked(backend.backend());
        UpstreamPool pool = exchange.loop().pool();
        UpstreamConnection idle = mayReuse ? pool.takeIdle(backend.backend()) : null;
        if (idle != null) {
            found.connected(idle, attempts > 1);
        } else {
            exchange.entry().connects();
            pool.connect(backend.backend(), this);
        }
    }

    /**
     * What was found was of no use, and the backend has done nothing: tries once more with a new
     * connection. The first time is free, since it has not cost the backend anything.
     */
    void again(Failure failure, String detail) {
        mayReuse = false;
        exchange.loop().counters().add(Counters.What.UpstreamStale, 1);
        boolean free = !hadFree;
        hadFree = true;
        next(failure, detail, free || allowed());
    }

    /** The backend has begun to answer with this status. */
    void answered(int status) {
        BackendLoad backend = claim;
        if (backend == null) {
            return;
        }
        if (status >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code()) {
            backend.health().erred(System.nanoTime());
        } else {
            backend.health().answered();
            exchange.destination().app().activity().answered();
        }
    }

    /** The backend was asked, and gave no answer. */
    void unanswered() {
        BackendLoad backend = claim;
        if (backend != null) {
            backend.health().erred(System.nanoTime());
        }
    }

    /** The backend that counts the request. */
    @Nullable BackendLoad backend() {
        return claim;
    }

    /** Whether the app's budget has a retry left, which is taken. */
    private boolean allowed() {
        return attempts < MAX_ATTEMPTS && exchange.destination().app().retries().take();
    }

    /** Whether the backend still gets new requests. */
    boolean routed() {
        BackendLoad backend = claim;
        return backend != null && backend.routed();
    }

    /** Ends the search, if it still runs, and the claim. */
    void cancel() {
        cancelled = true;
        BackendLoad backend = claim;
        claim = null;
        if (backend != null) {
            backend.leave();
        }
    }

    @Override
    public void connected(UpstreamConnection fresh) {
        exchange.entry().connectEnded();
        if (cancelled) {
            fresh.close();
        } else {
            found.connected(fresh, true);
        }
    }

    @Override
    public void failed(Throwable cause) {
        exchange.loop().counters().connectError();
        exchange.entry().connectEnded();
        BackendLoad failed = claim;
        if (cancelled || failed == null) {
            return;
        }
        failed.health().unreachable(System.nanoTime());
        unreachable.add(failed);
        if (cause instanceof ConnectTimeoutException) {
            next(Failure.ConnectTimeout, "It did not take the connection in time.", allowed());
        } else {
            next(Failure.ConnectFailed, "It refused the connection.", allowed());
        }
    }

    /** Goes on with another backend if it may; else the search has failed. */
    private void next(Failure failure, String detail, boolean again) {
        cancel();
        if (again
                && exchange.destination().route(unreachable)
                        instanceof Routed.Claimed(Route route, var other)) {
            if (exchange.destination().admitted()) {
                exchange.entry().route(route);
                exchange.destination().enter(route);
                cancelled = false;
                claim = other;
                exchange.entry().retried();
                begin();
                return;
            }
            other.leave(); // a newer table: who waits for the app is admitted anew
        }
        found.unreachable(failure, detail);
    }
}
