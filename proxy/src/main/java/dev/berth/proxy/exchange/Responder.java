package dev.berth.proxy.exchange;

import dev.berth.proxy.limit.Wait;
import io.netty.handler.codec.http.HttpContent;
import java.util.List;

/** What produces the answer to one request. Confined to the event loop. */
sealed interface Responder
        permits ProxyResponder, FileResponder, HoldResponder, Responder.Discarding {
    /** The request has this piece of body, which the responder now owns. */
    void content(HttpContent piece);

    /** There is no more to read from the client for now. */
    void readComplete();

    /** The client takes bytes again. */
    void clientWritable();

    /** What was awaited did not come. */
    void expired(Wait wait);

    /**
     * Hands over what was kept of the body, in its order, and is done. The client is not read
     * before the next one has it: what waits there comes after it.
     */
    List<HttpContent> take();

    /** Lets go of everything; nothing must be written after this. */
    void abort();

    /** For answers that were complete at once. */
    record Discarding() implements Responder {
        @Override
        public void content(HttpContent piece) {
            piece.release();
        }

        @Override
        public void readComplete() {
            // nothing buffered
        }

        @Override
        public void clientWritable() {
            // nothing to send
        }

        @Override
        public void expired(Wait wait) {
            // nothing is awaited
        }

        @Override
        public List<HttpContent> take() {
            return List.of();
        }

        @Override
        public void abort() {
            // nothing is held
        }
    }
}
