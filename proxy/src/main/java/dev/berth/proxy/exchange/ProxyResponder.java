package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.Trailers;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.upstream.Http1Upstream;
import dev.berth.proxy.upstream.UpstreamConnection;
import dev.berth.schemas.edge.Backend;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Relays a request to a backend and its answer back, streaming both ways: neither side is read
 * while the other does not take what was read.
 *
 * <p>A request is sent again only if (a) the connection was never made, (b) the backend said that
 * it has done nothing with it (REFUSED_STREAM, or a GOAWAY that leaves it out), or (c) a connection
 * that had served before was gone as a whole before the first byte of an answer, and the request is
 * idempotent (RFC 9112 section 9.3.1). In (b) and (c) its body must still be held. Over HTTP/1 only
 * idempotent requests get a connection from the pool; over h2c all share one. Nothing is sent again
 * once an answer has begun, with an informational response, too: that was passed on as this
 * backend's word (RFC 9110 section 15.2). And {@link BackendSearch} says how often.
 */
final class ProxyResponder implements Responder, UpstreamConnection.User, BackendSearch.Found {
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.PUT,
                    HttpMethod.DELETE,
                    HttpMethod.OPTIONS);

    private final Exchange exchange;
    private final RequestHead request;
    private final Backend backend;
    private final RequestSender sender;
    private final BackendSearch search;
    private final AppAnswer answer;
    private @Nullable HttpResponse switching;
    private final boolean idempotent;
    private boolean informational;
    private boolean spoken;
    private boolean done;

    ProxyResponder(Exchange exchange, BackendLoad claimed) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.backend = claimed.backend();
        this.sender = new RequestSender(exchange);
        this.idempotent =
                IDEMPOTENT.contains(request.method())
                        && sender.replayable()
                        && !request.webSocket();
        this.search = new BackendSearch(exchange, claimed, idempotent, this);
        this.answer = new AppAnswer(exchange, search, this::endStream);
    }

    void begin() {
        if (request.webSocket() && backend.protocol() == Backend.Protocol.H2c) {
            exchange.fail(
                    Failure.UpstreamProtocol, "It speaks h2c, which carries no WebSocket here.");
            return;
        }
        if (request.webSocket()) {
            Upgrade.ask(request);
        }
        search.begin();
    }

    // ---- the request

    @Override
    public void connected(UpstreamConnection found, boolean flush) {
        found.take(this, request.isHead());
        sender.sendOn(found);
        if (flush) {
            found.flush();
        }
    }

    @Override
    public void unreachable(Failure failure, String detail) {
        exchange.waiting().forAnother(failure, detail);
    }

    @Override
    public void content(HttpContent piece) {
        sender.add(piece);
    }

    @Override
    public void readComplete() {
        UpstreamConnection connection = sender.connection();
        if (connection != null) {
            connection.flush();
        }
    }

    @Override
    public void backendWritabilityChanged() {
        sender.writabilityChanged();
    }

    // ---- the answer

    @Override
    public void response(HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            exchange.fail(Failure.UpstreamProtocol, "The head of its answer is malformed.");
        } else if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            if (Upgrade.accepts(request, head)) {
                switching = head;
            } else {
                exchange.fail(
                        Failure.UpstreamProtocol, "It changed to a protocol nobody asked for.");
            }
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            informational = true;
            spoken = true;
            if (request.http11()) {
                HopByHop.strip(head.headers());
                exchange.client().informational(head);
            }
        } else {
            sender.answered();
            answer.begin(head);
        }
    }

    @Override
    public void content(HttpContent piece, UpstreamConnection from) {
        if (piece.decoderResult().isFailure()) {
            piece.release();
            exchange.breakOff(Failure.UpstreamProtocol.name());
        } else if (switching != null && from instanceof Http1Upstream upgraded) {
            piece.release();
            openTunnel(switching, upgraded);
        } else if (informational) {
            piece.release();
            informational = !(piece instanceof LastHttpContent);
        } else if (piece instanceof LastHttpContent last) {
            Trailers.strip(last.trailingHeaders());
            settle(from, answer.reusable());
            exchange.finish(last);
        } else {
            exchange.answer().piece(piece);
            if (!exchange.client().writable()) {
                exchange.client().flush(); // most often the kernel takes it all
            }
            boolean takes = exchange.client().writable();
            exchange.client().await(takes ? Wait.ResponseBody : Wait.ClientTakesBody);
            from.read(takes);
        }
    }

    @Override
    public void backendReadComplete() {
        if (!done) {
            exchange.client().flush();
        }
    }

    @Override
    public void clientWritable() {
        UpstreamConnection connection = sender.connection();
        if (answer.begun() && connection != null) {
            exchange.client().await(Wait.ResponseBody);
            connection.read(true); // last: what waits there comes at once and may be the end
        }
    }

    private void endStream() {
        UpstreamConnection open = sender.connection();
        if (done || open == null) {
            return;
        }
        settle(open, false);
        exchange.finish(LastHttpContent.EMPTY_LAST_CONTENT);
        exchange.client().flush();
    }

    private void openTunnel(HttpResponse head, Http1Upstream from) {
        done = true;
        var _ = sender.detach();
        sender.release();
        Upgrade.forward(head);
        exchange.tunnelOpened();
        new Tunnel(exchange, from, search.backend(), search::cancel).open(head);
    }

    // ---- the end

    @Override
    public void expired(Wait wait) {
        switch (wait) {
            case ResponseHead -> {
                search.unanswered();
                UpstreamConnection asked = sender.connection();
                if (asked != null) {
                    asked.silent();
                }
                exchange.fail(Failure.UpstreamTimeout, "It did not begin to answer in time.");
            }
            case BackendTakesBody ->
                    exchange.fail(Failure.UpstreamTimeout, "It stopped taking the request.");
            case ResponseBody -> exchange.breakOff(Failure.UpstreamTimeout.name());
            case ClientTakesBody -> exchange.breakOff("client stalled");
            case NextRequest, RequestHead, RequestBody, Tunnel, ClientClose ->
                    throw new IllegalStateException("not awaited here: " + wait);
        }
    }

    @Override
    public void closed() {
        UpstreamConnection lost = sender.detach();
        String detail = "It closed the connection.";
        if (answer.begun()) {
            exchange.breakOff(Failure.UpstreamClosed.name());
        } else if (lost != null && maySendAgain(lost)) {
            sender.rewind();
            search.again(Failure.UpstreamClosed, detail);
        } else {
            search.unanswered();
            exchange.fail(Failure.UpstreamClosed, detail);
        }
    }

    private boolean maySendAgain(UpstreamConnection lost) {
        return sender.replayable()
                && !spoken
                && (lost.unprocessed() || (lost.stale() && idempotent));
    }

    /** Only while there is no connection: nothing of it was sent. */
    @Override
    public List<HttpContent> take() {
        List<HttpContent> kept = sender.takeBody();
        abort();
        return kept;
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            sender.release();
            answer.close();
            UpstreamConnection open = sender.detach();
            if (open != null) {
                open.close();
            }
            search.cancel();
        }
    }

    /** The answer is complete: the connection goes back to the pool if it can serve again. */
    private void settle(UpstreamConnection from, boolean reusable) {
        done = true;
        answer.close();
        boolean keep = reusable && search.routed() && sender.allSent() && from.active();
        sender.release();
        var _ = sender.detach();
        if (keep) {
            from.giveBack();
        } else {
            from.close();
        }
        search.cancel();
    }
}
