package dev.berth.proxy.h3;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A handshake of our own with the port that clients are to be sent to: it shows that the socket is
 * bound, the library works and a certificate is there. Whether a firewall lets clients through,
 * only they can find out, and do (RFC 7838 section 2.4).
 */
final class SelfCheck {
    private static final Duration MOST = Duration.ofSeconds(10);

    /** What the edge opens before it knows that nothing is asked of it. */
    private static final int ONE_WAY_STREAMS = 3;

    private static final int ONE_WAY_WINDOW = 1024;

    private SelfCheck() {}

    /** Whether the port answers. Waits for it; not to be called on an event loop. */
    static boolean answers(int port, EventLoop loop, Class<? extends DatagramChannel> transport) {
        Channel socket =
                new Bootstrap()
                        .group(loop)
                        .channel(transport)
                        .handler(
                                new QuicClientCodecBuilder()
                                        .sslContext(
                                                QuicSslContextBuilder.forClient()
                                                        // No secret is sent, and none believed.
                                                        .trustManager(
                                                                InsecureTrustManagerFactory
                                                                        .INSTANCE)
                                                        .applicationProtocols(QuicTls.PROTOCOL)
                                                        .build())
                                        .initialMaxStreamsUnidirectional(ONE_WAY_STREAMS)
                                        .initialMaxStreamDataUnidirectional(ONE_WAY_WINDOW)
                                        .build())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .awaitUninterruptibly()
                        .channel();
        try {
            Future<QuicChannel> connected =
                    QuicChannel.newBootstrap(socket)
                            .handler(new ChannelInboundHandlerAdapter())
                            .remoteAddress(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                            .connect();
            boolean answered =
                    connected.awaitUninterruptibly(MOST.toMillis()) && connected.isSuccess();
            if (answered) {
                connected.getNow().close().awaitUninterruptibly(MOST.toMillis());
            }
            return answered;
        } finally {
            socket.close().awaitUninterruptibly(MOST.toMillis());
        }
    }
}
