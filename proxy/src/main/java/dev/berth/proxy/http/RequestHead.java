package dev.berth.proxy.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request with what the rules have found out about it. Each rule handler fills in
 * what it decides; all is set when {@link dev.berth.proxy.exchange.Exchange} sees it. Confined to
 * the connection's event loop.
 */
public final class RequestHead extends DefaultHttpRequest {
    private final long arrivedNanos = System.nanoTime();
    private String id = "";
    private String host = "";
    private String target;
    private String client = "";
    private String protocol;
    private String scheme = "http";
    private @Nullable String traceId;
    private @Nullable TlsFacts tls;
    private @Nullable String credentials;
    private boolean keepAlive;
    private boolean webSocket;
    private boolean extendedConnect;
    private boolean takesTrailers;
    private long bodyLength;

    /** A head as decoded; the header fields are added after. */
    public RequestHead(
            HttpVersion version, HttpMethod method, String target, HttpHeadersFactory headers) {
        super(version, method, target, headers);
        this.target = target;
        this.protocol = version.text();
    }

    /** Stands for a request of which nothing could be read. */
    public static RequestHead unreadable(String clientProtocol) {
        RequestHead head =
                new RequestHead(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.valueOf("-"),
                        "-",
                        DefaultHttpHeadersFactory.headersFactory());
        head.spokenIn(clientProtocol);
        return head;
    }

    /** {@link System#nanoTime} when the request line was complete. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** The request id, the same towards backend, client and log. */
    public String id() {
        return id;
    }

    public void identify(String requestId) {
        this.id = requestId;
    }

    /** Lower-case, without port and trailing dot; IPv6 literals in brackets. */
    public String host() {
        return host;
    }

    public void addressTo(String routingHost) {
        this.host = routingHost;
    }

    /** The target as the client wrote it, for the log; {@link #uri} is what is forwarded. */
    public String target() {
        return target;
    }

    /** IP address of the client. */
    public String client() {
        return client;
    }

    public void from(String address) {
        this.client = address;
    }

    /** What the client speaks, for the log; {@link #protocolVersion} is how it is forwarded. */
    public String protocol() {
        return protocol;
    }

    public void spokenIn(String clientProtocol) {
        this.protocol = clientProtocol;
    }

    /** How the client reached the edge: {@code http} or {@code https}. */
    public String scheme() {
        return scheme;
    }

    /** Whether it came over https. */
    public boolean secure() {
        return scheme.equals("https");
    }

    public void over(String clientScheme) {
        this.scheme = clientScheme;
    }

    /** The trace that it belongs to, 32 hex digits; {@code null} before that is known. */
    public @Nullable String traceId() {
        return traceId;
    }

    public void traced(@Nullable String trace) {
        this.traceId = trace;
    }

    /** What TLS has settled on its connection; {@code null} without TLS. */
    public @Nullable TlsFacts tls() {
        return tls;
    }

    public void secured(@Nullable TlsFacts facts) {
        this.tls = facts;
    }

    /** What it showed to the wall before the app, which the app does not see. */
    public @Nullable String credentials() {
        return credentials;
    }

    public void showed(@Nullable String authorization) {
        this.credentials = authorization;
    }

    /** Whether the client wants to send another request on the connection. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** Whether this asks for an upgrade to WebSocket (RFC 6455 section 4.1). */
    public boolean webSocket() {
        return webSocket;
    }

    public void connection(boolean staysOpen, boolean upgradesToWebSocket) {
        this.keepAlive = staysOpen;
        this.webSocket = upgradesToWebSocket;
    }

    /** Whether the client said that it wants the trailers of an answer (TE: trailers). */
    public boolean takesTrailers() {
        return takesTrailers;
    }

    public void takesTrailers(boolean wanted) {
        this.takesTrailers = wanted;
    }

    /**
     * Whether the edge itself asked for WebSocket, in the words of HTTP/1, for an HTTP/2 client.
     */
    public boolean extendedConnect() {
        return extendedConnect;
    }

    public void translatedFromConnect() {
        this.extendedConnect = true;
        this.webSocket = true;
    }

    /** Bytes of body: 0 or more, or -1 when it is chunked. */
    public long bodyLength() {
        return bodyLength;
    }

    public void framed(long length) {
        this.bodyLength = length;
    }

    public boolean http11() {
        return protocolVersion().equals(HttpVersion.HTTP_1_1);
    }

    public boolean isHead() {
        return method().equals(HttpMethod.HEAD);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
