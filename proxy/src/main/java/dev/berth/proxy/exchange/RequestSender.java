package dev.berth.proxy.exchange;

import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.Trailers;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.upstream.UpstreamConnection;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to a backend: its head when there is a connection, and its body as it comes,
 * reading the client no faster than the backend takes it. Confined to the event loop.
 */
final class RequestSender {
    private final Exchange exchange;
    private final RequestHead request;
    private final RequestBody body;
    private @Nullable UpstreamConnection connection;
    private boolean answering;

    RequestSender(Exchange exchange) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.body = new RequestBody(request.bodyLength(), exchange.loop().memory());
    }

    /** What it is sent on; {@code null} while there is none. */
    @Nullable UpstreamConnection connection() {
        return connection;
    }

    /** Sends the head and what there is of the body. */
    void sendOn(UpstreamConnection found) {
        connection = found;
        found.write(request);
        sendBody(found);
    }

    /** The connection is no longer the request's, and is handed over. */
    @Nullable UpstreamConnection detach() {
        UpstreamConnection was = connection;
        connection = null;
        return was;
    }

    /** Takes a piece of the body over. */
    void add(HttpContent piece) {
        if (piece instanceof LastHttpContent last) {
            Trailers.stripRequest(last.trailingHeaders());
        }
        body.add(piece);
        UpstreamConnection current = connection;
        if (current != null) {
            sendBody(current);
        } else if (!(piece instanceof LastHttpContent)) {
            exchange.bodyPaused();
            exchange.client().read(false);
            exchange.client().awaitNothing();
        }
    }

    /** The backend takes bytes again, or no more for now. */
    void writabilityChanged() {
        UpstreamConnection current = connection;
        if (current != null && current.writable() && !body.allSent()) {
            await(Wait.RequestBody);
            exchange.client().read(true);
        }
    }

    /** The backend has begun to answer: nothing is sent again from now on. */
    void answered() {
        answering = true;
        body.stopKeeping();
    }

    /** Whether all of it can be sent again. */
    boolean replayable() {
        return body.replayable();
    }

    /** Whether its end was sent. */
    boolean allSent() {
        return body.allSent();
    }

    /** It is sent from its beginning on the next connection. */
    void rewind() {
        body.rewind();
    }

    /** Hands over what came of the body, before any of it was sent. */
    List<HttpContent> takeBody() {
        return body.takeAll();
    }

    /** Lets go of the body. */
    void release() {
        body.release();
    }

    /** Reads the client last: what waits there comes at once and may end the exchange. */
    private void sendBody(UpstreamConnection to) {
        body.sendTo(to::write);
        if (body.allSent()) {
            await(Wait.ResponseHead);
            exchange.client().read(true);
        } else if (request.bodyLength() != 0) {
            boolean takes = to.writable();
            if (!takes) {
                exchange.bodyPaused();
            }
            await(takes ? Wait.RequestBody : Wait.BackendTakesBody);
            exchange.client().read(takes);
        }
    }

    /**
     * Once an answer has begun it is what counts. A client that takes nothing of it gains no time
     * by sending.
     */
    private void await(Wait wait) {
        if (!answering) {
            exchange.client().await(wait);
        } else if (exchange.client().writable()) {
            exchange.client().await(wait == Wait.BackendTakesBody ? wait : Wait.ResponseBody);
        }
    }
}
