package dev.berth.proxy.exchange;

import dev.berth.proxy.http.Failure;
import dev.berth.proxy.http.HopByHop;
import dev.berth.proxy.http.RequestHead;
import dev.berth.proxy.http.Trailers;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.routing.BackendLoad;
import dev.berth.proxy.routing.Routed;
import dev.berth.proxy.routing.RoutingPath;
import dev.berth.proxy.upstream.UpstreamConnection;
import dev.berth.proxy.upstream.UpstreamPool;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.HashSet;
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
final class ProxyResponder implements Responder, UpstreamConnection.User, UpstreamPool.Attempt {
    private static final int MAX_ATTEMPTS = 3;
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.PUT,
                    HttpMethod.DELETE,
                    HttpMethod.OPTIONS);

    private final Exchange exchange;
    private final RequestHead request;
    private final RequestBody body;
    private final Set<BackendLoad> unreachable = new HashSet<>(0);
    private @Nullable BackendLoad target;
    private @Nullable UpstreamConnection connection;
    private @Nullable HttpResponse switching;
    private boolean informational;
    private boolean answering;
    private boolean reusable;
    private boolean freshOnly;
    private boolean done;
    private int attempts;

    ProxyResponder(Exchange exchange, BackendLoad claimed) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.body = new RequestBody(request.bodyLength());
        this.target = claimed;
        this.freshOnly =
                !IDEMPOTENT.contains(request.method()) || !body.replayable() || request.webSocket();
    }

    void begin() {
        if (request.webSocket()) {
            request.headers()
                    .set(HttpHeaderNames.CONNECTION, "upgrade")
                    .set(HttpHeaderNames.UPGRADE, "websocket");
        }
        attempt();
    }

    // ---- the client's side

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
    public void clientWritable() {
        if (answering && connection != null) {
            connection.read(true);
            exchange.client().await(Wait.ResponseBody);
        }
    }

    @Override
    public void expired(Wait wait) {
        switch (wait) {
            case BackendTakesBody, ResponseHead ->
                    exchange.fail(
                            Failure.UpstreamTimeout,
                            wait == Wait.ResponseHead
                                    ? "It did not begin to answer in time."
                                    : "It stopped taking the request.");
            case ResponseBody -> exchange.breakOff(Failure.UpstreamTimeout.name());
            case ClientTakesBody -> exchange.breakOff("client stalled");
            case NextRequest, RequestHead, RequestBody, Tunnel, ClientClose ->
                    throw new IllegalStateException("not awaited here: " + wait);
        }
    }

    @Override
    public void abort() {
        if (!done) {
            done = true;
            body.release();
            closeConnection();
            leave();
        }
    }

    // ---- reaching a backend

    private void attempt() {
        BackendLoad backend = target;
        if (backend == null) {
            throw new IllegalStateException("no backend claimed");
        }
        attempts++;
        exchange.entry().asked(backend.backend());
        UpstreamPool pool = exchange.loop().pool();
        UpstreamConnection idle = freshOnly ? null : pool.takeIdle(backend.backend());
        if (idle != null) {
            ask(idle);
            if (attempts > 1) {
                // The first attempt is flushed with all that its read brought; this is later.
                idle.flush();
            }
        } else {
            pool.connect(backend.backend(), this);
        }
    }

    @Override
    public void connected(UpstreamConnection fresh) {
        if (done) {
            fresh.close();
            return;
        }
        ask(fresh);
        fresh.flush();
    }

    @Override
    public void failed(Throwable cause) {
        if (done) {
            return;
        }
        exchange.loop().counters().connectError();
        BackendLoad failed = target;
        if (failed != null) {
            unreachable.add(failed);
        }
        boolean timeout = cause instanceof ConnectTimeoutException;
        retry(
                timeout ? Failure.ConnectTimeout : Failure.ConnectFailed,
                timeout ? "It did not take the connection in time." : "It refused the connection.");
    }

    private void retry(Failure failure, String detail) {
        leave();
        if (attempts >= MAX_ATTEMPTS) {
            exchange.fail(failure, detail);
            return;
        }
        EdgeLoop loop = exchange.loop();
        Routed next =
                loop.router()
                        .route(
                                request.host(),
                                RoutingPath.of(request.uri()),
                                unreachable,
                                loop.random());
        switch (next) {
            case Routed.Claimed(_, BackendLoad other) -> {
                target = other;
                exchange.entry().retried();
                body.rewind();
                attempt();
            }
            case Routed.NoBackend _,
                    Routed.Nowhere _,
                    Routed.Files _,
                    Routed.Elsewhere _,
                    Routed.Unavailable _ ->
                    exchange.fail(failure, detail);
        }
    }

    private void ask(UpstreamConnection taken) {
        connection = taken;
        taken.take(this, request.isHead());
        taken.write(request);
        if (request.bodyLength() != 0) {
            exchange.client().read(true);
            exchange.client().await(Wait.RequestBody);
        }
        sendBody(taken);
    }

    private void sendBody(UpstreamConnection to) {
        body.sendTo(to::write);
        if (body.allSent()) {
            exchange.client().read(true);
            if (!answering) {
                exchange.client().await(Wait.ResponseHead);
            }
        } else if (request.bodyLength() != 0) {
            boolean takes = to.writable();
            exchange.client().read(takes);
            exchange.client().await(takes ? Wait.RequestBody : Wait.BackendTakesBody);
        }
    }

    // ---- the backend's side

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

    private void answer(HttpResponse head) {
        answering = true;
        reusable = HttpUtil.isKeepAlive(head);
        body.stopKeeping();
        exchange.entry().upstreamAnswered();
        HopByHop.strip(head.headers());
        int status = head.status().code();
        boolean hasBody = !request.isHead() && status != 204 && status != 304;
        exchange.client().await(Wait.ResponseBody);
        exchange.respond(head, hasBody);
    }

    @Override
    public void content(HttpContent piece, UpstreamConnection from) {
        if (piece.decoderResult().isFailure()) {
            piece.release();
            exchange.breakOff(Failure.UpstreamProtocol.name());
        } else if (switching != null) {
            piece.release();
            openTunnel(switching, from);
        } else if (informational) {
            piece.release();
            informational = !(piece instanceof LastHttpContent);
        } else if (piece instanceof LastHttpContent last) {
            Trailers.strip(last.trailingHeaders());
            settle(from);
            exchange.finish(last);
        } else {
            exchange.send(piece);
            if (!exchange.client().writable()) {
                from.read(false);
                exchange.client().await(Wait.ClientTakesBody);
            } else {
                exchange.client().await(Wait.ResponseBody);
            }
        }
    }

    @Override
    public void backendReadComplete() {
        if (!done) {
            exchange.client().flush();
        }
    }

    @Override
    public void backendWritabilityChanged() {
        UpstreamConnection current = connection;
        if (current != null && current.writable() && !body.allSent()) {
            exchange.client().read(true);
            exchange.client().await(Wait.RequestBody);
        }
    }

    @Override
    public void closed() {
        UpstreamConnection lost = connection;
        connection = null;
        if (answering) {
            exchange.breakOff(Failure.UpstreamClosed.name());
        } else if (lost != null && lost.reused() && body.replayable() && !informational) {
            freshOnly = true;
            retry(Failure.UpstreamClosed, "It closed the connection.");
        } else {
            exchange.fail(Failure.UpstreamClosed, "It closed the connection.");
        }
    }

    /** The answer is complete: the connection goes back to the pool if it can serve again. */
    private void settle(UpstreamConnection from) {
        done = true;
        boolean routed = target != null && target.routed();
        boolean keep = reusable && routed && body.allSent() && from.channel().isActive();
        body.release();
        connection = null;
        if (keep) {
            from.giveBack();
        } else {
            from.close();
        }
        leave();
    }

    private boolean isOurUpgrade(HttpResponse head) {
        return request.webSocket()
                && head.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
    }

    private void openTunnel(HttpResponse head, UpstreamConnection from) {
        BackendLoad held = target;
        target = null;
        done = true;
        body.release();
        HopByHop.strip(head.headers());
        head.headers()
                .set(HttpHeaderNames.CONNECTION, "upgrade")
                .set(HttpHeaderNames.UPGRADE, "websocket");
        exchange.tunnelOpened();
        new Tunnel(exchange, from, held == null ? () -> {} : held::leave).open(head);
    }

    private void closeConnection() {
        UpstreamConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    private void leave() {
        BackendLoad claimed = target;
        target = null;
        if (claimed != null) {
            claimed.leave();
        }
    }
}
