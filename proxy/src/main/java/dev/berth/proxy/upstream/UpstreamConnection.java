package dev.berth.proxy.upstream;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/**
 * What takes one request to a backend and brings its answer: a connection of HTTP/1, or a stream of
 * HTTP/2. Serves one user at a time. Confined to the event loop.
 */
public sealed interface UpstreamConnection permits Http1Upstream, Http2Upstream {
    /** Who sends a request and takes its response. Every call comes on the event loop. */
    interface User {
        /** A response head; its decoder result may be a failure. Informational ones too. */
        void response(HttpResponse head);

        /** A piece of a body, now owned by the user; its decoder result may be a failure. */
        void content(HttpContent piece, UpstreamConnection from);

        /** What was read so far is all there is for now. */
        void backendReadComplete();

        /** The connection takes bytes again, or no more for now. */
        void backendWritabilityChanged();

        /** The connection is gone. */
        void closed();
    }

    /**
     * Whether it ended because the connection, which had served another request before, is gone as
     * a whole: the backend may have been closing it before the request came.
     */
    boolean stale();

    /**
     * Whether the backend said that it has done nothing with the request (RFC 9113 section 8.7).
     */
    boolean unprocessed();

    /** Whether it is still open. */
    boolean active();

    /** No answer came in time: a connection that others share takes no further requests. */
    void silent();

    /** Takes the connection for one request. */
    void take(User newUser, boolean headRequest);

    /** Writes an object of the request, which is released. */
    void write(Object part);

    /** Sends what was written. */
    void flush();

    /** Whether it takes more without buffering much. */
    boolean writable();

    /** Stops or resumes reading the response. */
    void read(boolean reading);

    /** Gives the connection back after a complete exchange that leaves it usable. */
    void giveBack();

    /** Ends it; the backend is told to stop if it is not done. */
    void close();
}
