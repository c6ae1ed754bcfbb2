package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.Trailers;
import dev.berth.proxy.http.WebSocketKey;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.StickyCookie;
import dev.berth.proxy.upstream.Http1Upstream;
import dev.berth.proxy.upstream.UpstreamConnection;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Relays a request to a backend and its answer back, streaming both ways: neither side is read
 * while the other does not take what was read.
 *
 * <p>A request is sent again only if (a) the connection was never made, or (b) a connection from
 * the pool closed before the first byte of an answer; then the request is idempotent and its body
 * still held, because no other request is ever sent on a pooled connection (RFC 9112 section
 * 9.3.1). Nothing is sent again once an answer has begun.
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
    private final RequestBody body;
    private final BackendSearch search;
    private @Nullable UpstreamConnection connection;
    private @Nullable HttpResponse switching;
    private final boolean idempotent;
    private boolean informational;
    private boolean answering;
    private boolean reusable;
    private boolean done;
    private @Nullable StreamGrace grace;

    ProxyResponder(Exchange exchange, BackendLoad claimed) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.backend = claimed.backend();
        this.body = new RequestBody(request.bodyLength(), exchange.loop().memory());
        this.idempotent =
                IDEMPOTENT.contains(request.method()) && body.replayable() && !request.webSocket();
        this.search = new BackendSearch(exchange, claimed, idempotent, this);
    }

    void begin() {
        if (request.webSocket() && backend.protocol() == Backend.Protocol.H2c) {
            exchange.fail(
                    Failure.UpstreamProtocol, "It speaks h2c, which carries no WebSocket here.");
            return;
        }
        if (request.webSocket()) {
            request.headers()
                    .set(HttpHeaderNames.CONNECTION, "upgrade")
                    .set(HttpHeaderNames.UPGRADE, "websocket");
        }
        search.begin();
    }

    // ---- the request

    @Override
    public void connected(UpstreamConnection found, boolean flush) {
        connection = found;
        found.take(this, request.isHead());
        found.write(request);
        if (request.bodyLength() != 0) {
            exchange.client().read(true);
            exchange.client().await(Wait.RequestBody);
        }
        sendBody(found);
        if (flush) {
            found.flush();
        }
    }

    @Override
    public void unreachable(Failure failure, String detail) {
        List<HttpContent> kept = body.takeAll(); // no connection, so nothing of it was lost
        abort();
        exchange.waiting().forAnother(failure, detail, kept);
    }

    @Override
    public void content(HttpContent piece) {
        if (piece instanceof LastHttpContent last) {
            Trailers.strip(last.trailingHeaders());
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

    @Override
    public void readComplete() {
        if (connection != null) {
            connection.flush();
        }
    }

    @Override
    public void backendWritabilityChanged() {
        UpstreamConnection current = connection;
        if (current != null && current.writable() && !body.allSent()) {
            exchange.client().read(true);
            exchange.client().await(answering ? Wait.ResponseBody : Wait.RequestBody);
        }
    }

    private void sendBody(UpstreamConnection to) {
        body.sendTo(to::write);
        if (body.allSent()) {
            exchange.client().read(true);
            exchange.client().await(answering ? Wait.ResponseBody : Wait.ResponseHead);
        } else if (request.bodyLength() != 0) {
            boolean takes = to.writable();
            if (!takes) {
                exchange.bodyPaused();
            }
            exchange.client().read(takes);
            Wait more = answering ? Wait.ResponseBody : Wait.RequestBody;
            exchange.client().await(takes ? more : Wait.BackendTakesBody);
        }
    }

    // ---- the answer

    @Override
    public void response(HttpResponse head) {
        if (head.decoderResult().isFailure()) {
            exchange.fail(Failure.UpstreamProtocol, "The head of its answer is malformed.");
        } else if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            if (isOurUpgrade(head)) {
                switching = head;
            } else {
                exchange.fail(
                        Failure.UpstreamProtocol, "It changed to a protocol nobody asked for.");
            }
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            informational = true;
            if (request.http11()) {
                HopByHop.strip(head.headers());
                exchange.client().informational(head);
            }
        } else {
            answer(head);
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
            settle(from);
            exchange.finish(last);
        } else {
            exchange.send(piece);
            boolean takes = exchange.client().writable();
            from.read(takes);
            exchange.client().await(takes ? Wait.ResponseBody : Wait.ClientTakesBody);
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
        if (answering && connection != null) {
            connection.read(true);
            exchange.client().await(Wait.ResponseBody);
        }
    }

    private void answer(HttpResponse head) {
        answering = true;
        reusable = HttpUtil.isKeepAlive(head);
        body.stopKeeping();
        exchange.entry().upstreamAnswered();
        HopByHop.strip(head.headers());
        int status = head.status().code();
        search.answered(status);
        stick(head);
        boolean hasBody = !request.isHead() && status != 204 && status != 304;
        exchange.client().await(Wait.ResponseBody);
        exchange.relay(head, hasBody);
        watchStream(head);
    }

    /** An event stream has a grace of its own: its clients come back by themselves. */
    private void watchStream(HttpResponse head) {
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        CharSequence mime = type == null ? null : HttpUtil.getMimeType(type);
        BackendLoad backend = search.backend();
        if (backend != null && HttpHeaderValues.TEXT_EVENT_STREAM.contentEqualsIgnoreCase(mime)) {
            grace =
                    StreamGrace.begin(
                            exchange.loop().pool().loop(),
                            backend,
                            exchange.policy().streamGrace(),
                            this::endStream);
        }
    }

    private void endStream() {
        UpstreamConnection open = connection;
        if (done || open == null) {
            return;
        }
        reusable = false;
        settle(open);
        exchange.finish(LastHttpContent.EMPTY_LAST_CONTENT);
        exchange.client().flush();
    }

    private void stick(HttpResponse head) {
        Route route = exchange.route();
        BackendLoad backend = search.backend();
        if (route != null && backend != null && route.policy().sticky()) {
            String cookie =
                    StickyCookie.forAnswer(route, backend, request.headers(), exchange.secure());
            if (!cookie.isEmpty()) {
                head.headers().add(HttpHeaderNames.SET_COOKIE, cookie);
            }
        }
    }

    private boolean isOurUpgrade(HttpResponse head) {
        return request.webSocket()
                && head.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true)
                && (!request.extendedConnect() || answersOurKey(head));
    }

    /** A client of HTTP/1 checks that itself. */
    private boolean answersOurKey(HttpResponse head) {
        return WebSocketKey.isAnswered(
                String.valueOf(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY)),
                head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    }

    private void openTunnel(HttpResponse head, Http1Upstream from) {
        done = true;
        connection = null;
        body.release();
        HopByHop.strip(head.headers());
        head.headers()
                .set(HttpHeaderNames.CONNECTION, "upgrade")
                .set(HttpHeaderNames.UPGRADE, "websocket");
        exchange.tunnelOpened();
        new Tunnel(exchange, from, search.backend(), search::cancel).open(head);
    }

    // ---- the end

    @Override
    public void expired(Wait wait) {
        switch (wait) {
            case ResponseHead -> {
                search.unanswered();
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
        UpstreamConnection lost = connection;
        connection = null;
        String detail = "It closed the connection.";
        if (answering) {
            exchange.breakOff(Failure.UpstreamClosed.name());
        } else if (lost != null && maySendAgain(lost)) {
            body.rewind();
            search.again(Failure.UpstreamClosed, detail);
        } else {
            search.unanswered();
            exchange.fail(Failure.UpstreamClosed, detail);
        }
    }

    private boolean maySendAgain(UpstreamConnection lost) {
        return body.replayable()
                && !informational
                && (lost.unprocessed() || (lost.reused() && idempotent));
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            body.release();
            endGrace();
            UpstreamConnection open = connection;
            connection = null;
            if (open != null) {
                open.close();
            }
            search.cancel();
        }
    }

    private void endGrace() {
        if (grace != null) {
            grace.close();
        }
    }

    /** The answer is complete: the connection goes back to the pool if it can serve again. */
    private void settle(UpstreamConnection from) {
        done = true;
        endGrace();
        boolean keep = reusable && search.routed() && body.allSent() && from.active();
        body.release();
        connection = null;
        if (keep) {
            from.giveBack();
        } else {
            from.close();
        }
        search.cancel();
    }
}
