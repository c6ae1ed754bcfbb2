package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.http.AltSvc;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.listen.Transport;
import dev.berth.proxy.tls.TlsContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/3 on a UDP port, beside the TLS on the TCP port of the same number. It is an addition: what
 * hinders it is logged, and the edge serves without it. All of it starts in the background, on one
 * event loop, which owns the socket and so all its connections. Thread-safe.
 *
 * <ol>
 *   <li>The library is loaded. Where that fails there is no HTTP/3.
 *   <li>The port is bound. As long as somebody else has it, an edge that goes for example, it is
 *       tried again.
 *   <li>A handshake over loopback has to succeed; only then are clients told.
 * </ol>
 */
public final class Http3Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Http3Server.class);
    private static final int BIND_AGAIN_SECONDS = 1;
    private static final int CHECK_AGAIN_SECONDS = 2;

    private static final int MAX_REQUESTS = 100;
    private static final int MAX_ONE_WAY_STREAMS = 8;
    private static final int STREAM_WINDOW = 256 * 1024;
    private static final int CONNECTION_WINDOW = 1024 * 1024;
    private static final int ONE_WAY_WINDOW = 16 * 1024;

    /** What fits into the frames of an Ethernet without being told so. */
    private static final int DATAGRAM_SENT = 1350;

    private static final int DATAGRAM_RECEIVED = 1500;
    private static final int DATAGRAM_BUFFER = 2048;
    private static final int SOCKET_BUFFER = 1024 * 1024;

    /** More handshakes than this under way are more than an honest rush. */
    private static final int UNPROVEN_HANDSHAKES = 64;

    private final int port;
    private final EventLoop loop;
    private final Parts parts;
    private final int unproven;
    private final ScheduledExecutorService worker =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("http3").factory());
    private @Nullable QuicTls tls;
    private volatile @Nullable Channel socket;
    private boolean warned;

    private Http3Server(int port, EventLoop loop, Parts parts, int unproven) {
        this.port = port;
        this.loop = loop;
        this.parts = parts;
        this.unproven = unproven;
    }

    /**
     * What it shares with the rest of the edge.
     *
     * @param connections QUIC connections are counted there like others
     * @param altSvc told when HTTP/3 works and when it ends
     */
    public record Parts(
            EdgeLoops loops,
            Transport transport,
            Connections connections,
            TlsContexts certificates,
            Timeouts timeouts,
            AltSvc altSvc) {}

    /** Starts in the background; there is no HTTP/3 if it cannot. */
    public static Http3Server start(int port, EventLoop loop, Parts parts) {
        return start(port, loop, parts, UNPROVEN_HANDSHAKES);
    }

    /** With a number of handshakes above which clients have to prove their address. */
    static Http3Server start(int port, EventLoop loop, Parts parts, int unproven) {
        Http3Server server = new Http3Server(port, loop, parts, unproven);
        server.worker.execute(server::load);
        return server;
    }

    /** Sends no more clients here; those that are connected go on. */
    public void drain() {
        parts.altSvc().withdraw();
        worker.shutdownNow();
    }

    @Override
    public void close() {
        drain();
        try {
            var _ = worker.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Channel bound = socket;
        if (bound != null) {
            bound.close().awaitUninterruptibly(2000);
        }
        QuicTls used = tls;
        if (used != null) {
            used.close();
        }
    }

    private void load() {
        if (!Quic.isAvailable()) {
            LOG.warn(
                    "the QUIC library cannot be loaded ({}): HTTP/3 is not served",
                    String.valueOf(Quic.unavailabilityCause()));
            return;
        }
        tls = new QuicTls(parts.certificates());
        bind(tls);
    }

    private void bind(QuicTls with) {
        if (worker.isShutdown()) {
            return;
        }
        ChannelFuture bound =
                new Bootstrap()
                        .group(loop)
                        .channel(parts.transport().datagrams())
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(DATAGRAM_BUFFER))
                        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                        .handler(codec(with))
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (bound.isSuccess()) {
            socket = bound.channel();
            // Else the check would measure how long the first certificate takes.
            var _ = parts.certificates().otherwise().thenRun(() -> later(this::check, 0));
        } else {
            warnOnce("UDP port {} cannot be bound ({}): HTTP/3 waits for it", bound.cause());
            later(() -> bind(with), BIND_AGAIN_SECONDS);
        }
    }

    private void check() {
        if (SelfCheck.answers(port, loop, parts.transport().datagrams())) {
            parts.altSvc().offer();
            LOG.info("serving HTTP/3 on UDP port {}", port);
        } else {
            warnOnce("UDP port {} does not answer us ({}): clients are not told of it", null);
            later(this::check, CHECK_AGAIN_SECONDS);
        }
    }

    private ChannelHandler codec(QuicTls with) {
        return new QuicServerCodecBuilder()
                .sslEngineProvider(with::engine)
                .sslTaskExecutor(with.worker())
                .tokenHandler(
                        new RetryTokens(
                                InstantSource.system(),
                                new SecureRandom(),
                                () -> with.running() >= unproven))
                .maxIdleTimeout(
                        parts.timeouts().nextRequest().plus(parts.timeouts().linger()).toMillis(),
                        TimeUnit.MILLISECONDS)
                .maxSendUdpPayloadSize(DATAGRAM_SENT)
                .maxRecvUdpPayloadSize(DATAGRAM_RECEIVED)
                .initialMaxData(CONNECTION_WINDOW)
                .initialMaxStreamsBidirectional(MAX_REQUESTS)
                .initialMaxStreamsUnidirectional(MAX_ONE_WAY_STREAMS)
                .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
                .initialMaxStreamDataUnidirectional(ONE_WAY_WINDOW)
                .handler(new Begin(parts, with))
                .build();
    }

    private void later(Runnable task, int seconds) {
        try {
            var _ = worker.schedule(task, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the edge stops");
        }
    }

    private void warnOnce(String message, @Nullable Throwable cause) {
        if (!warned) {
            warned = true;
            LOG.warn(message, port, cause == null ? "no handshake" : cause.toString());
        }
    }

    /** Begins each connection. */
    private static final class Begin extends ChannelInitializer<QuicChannel> {
        private final Parts parts;
        private final QuicTls tls;

        Begin(Parts parts, QuicTls tls) {
            this.parts = parts;
            this.tls = tls;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(QuicChannel channel) {
            if (parts.connections().admit(channel, channel.remoteSocketAddress())) {
                channel.pipeline()
                        .addLast(new QuicHandshake(channel, parts.loops().of(channel), tls));
            }
        }
    }
}
