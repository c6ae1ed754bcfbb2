package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.http.AltSvc;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.listen.Transport;
import dev.berth.proxy.tls.TlsContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/3 on a UDP port, beside the TLS on the TCP port of the same number. It is an addition: what
 * hinders it is logged, and the edge serves without it. All of it starts in the background, on an
 * event loop of its own, which owns the socket and so all its connections: a flood of datagrams
 * takes no turn from a TCP client. Thread-safe.
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
    private final Parts parts;
    private final int unproven;
    private final EventLoopGroup group;
    private final EventLoop loop;
    private final LoggedTasks worker =
            new LoggedTasks(
                    "http3",
                    "HTTP/3 could not be started; HTTP/1 and 2 are served. To try again, restart"
                            + " the edge");
    private @Nullable QuicTls tls;
    private volatile @Nullable Bound bound;
    private boolean warned;

    private Http3Server(int port, Parts parts, int unproven) {
        this.port = port;
        this.parts = parts;
        this.unproven = unproven;
        this.group =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("edge-quic", true),
                        parts.transport().handlers());
        this.loop = (EventLoop) group.iterator().next();
    }

    /** The socket and who lets clients in there. */
    private record Bound(Channel socket, QuicDoor door) {}

    /**
     * What it shares with the rest of the edge.
     *
     * @param owned what an event loop has of its own, for one that is new
     * @param connections QUIC connections are counted there like others
     * @param altSvc told when HTTP/3 works and when it ends
     */
    public record Parts(
            Function<EventLoop, EdgeLoop> owned,
            Transport transport,
            Connections connections,
            TlsContexts certificates,
            Timeouts timeouts,
            AltSvc altSvc) {}

    /** Starts in the background; there is no HTTP/3 if it cannot. */
    public static Http3Server start(int port, Parts parts) {
        return start(port, parts, UNPROVEN_HANDSHAKES);
    }

    /** With a number of handshakes above which clients have to prove their address. */
    static Http3Server start(int port, Parts parts, int unproven) {
        Http3Server server = new Http3Server(port, parts, unproven);
        server.worker.execute(server::load);
        return server;
    }

    /**
     * Sends no more clients here and lets none in; those that are connected go on. The port is free
     * for a successor when the last of them has gone.
     */
    public void drain() {
        parts.altSvc().withdraw();
        worker.close();
        Bound serving = bound;
        if (serving != null) {
            shut(serving);
        }
    }

    private void shut(Bound serving) {
        Runnable close =
                () -> {
                    var _ = serving.socket().close();
                };
        loop.execute(() -> serving.door().shut(close));
    }

    @Override
    public void close() {
        drain();
        worker.awaitEnd(Duration.ofSeconds(5));
        Bound serving = bound;
        if (serving != null) {
            serving.socket().close().awaitUninterruptibly(2000);
        }
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
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
            parts.altSvc().off();
            return;
        }
        QuicTls used = new QuicTls(parts.certificates());
        tls = used;
        bind(used, parts.owned().apply(loop));
    }

    private void bind(QuicTls with, EdgeLoop own) {
        if (worker.isClosed()) {
            return;
        }
        QuicDoor door = new QuicDoor(own, parts.connections(), with);
        ChannelFuture binding =
                new Bootstrap()
                        .group(loop)
                        .channel(parts.transport().datagrams())
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(DATAGRAM_BUFFER))
                        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
                        .handler(codec(with, door))
                        .bind(new InetSocketAddress(port))
                        .awaitUninterruptibly();
        if (binding.isSuccess()) {
            Bound serving = new Bound(binding.channel(), door);
            bound = serving;
            if (worker.isClosed()) {
                shut(serving); // it was drained meanwhile
            }
            checkOnceCertified();
        } else {
            warnOnce("UDP port {} cannot be bound ({}): HTTP/3 waits for it", binding.cause());
            worker.later(() -> bind(with, own), BIND_AGAIN_SECONDS);
        }
    }

    /** Else the check would measure how long the first certificate takes. */
    private void checkOnceCertified() {
        var _ =
                parts.certificates()
                        .select(null)
                        .whenComplete(
                                (_, problem) -> {
                                    if (problem == null) {
                                        worker.later(this::check, 0);
                                    } else {
                                        worker.failed(problem);
                                    }
                                });
    }

    private void check() {
        if (SelfCheck.answers(port, loop, parts.transport().datagrams())) {
            if (parts.altSvc().offer()) {
                LOG.info("serving HTTP/3 on UDP port {}", port);
            }
        } else {
            warnOnce("UDP port {} does not answer us ({}): clients are not told of it", null);
            worker.later(this::check, CHECK_AGAIN_SECONDS);
        }
    }

    private ChannelHandler codec(QuicTls with, QuicDoor door) {
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
                .handler(door)
                .build();
    }

    private void warnOnce(String message, @Nullable Throwable cause) {
        if (!warned) {
            warned = true;
            LOG.warn(message, port, cause == null ? "no handshake" : cause.toString());
        }
    }
}
