package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Wait;
import dev.berth.proxy.listen.Drain;
import dev.berth.proxy.listen.Peer;
import dev.berth.proxy.tls.Handshake;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the handshake of a connection to be complete, then replaces itself with HTTP/3.
 * Confined to the event loop.
 */
final class QuicHandshake extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(QuicHandshake.class);

    /** The alert of TLS as an error of QUIC (RFC 9001 section 8.1): BoringSSL lets it pass. */
    private static final int NO_APPLICATION_PROTOCOL = 0x178;

    private final QuicChannel channel;
    private final EdgeLoop loop;
    private final QuicTls tls;
    private final Deadline deadline;

    QuicHandshake(QuicChannel channel, EdgeLoop loop, QuicTls tls) {
        this.channel = channel;
        this.loop = loop;
        this.tls = tls;
        this.deadline = new Deadline(channel.eventLoop(), loop.timeouts(), _ -> close());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline.await(Wait.RequestHead);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SniCompletionEvent sni -> QuicTls.of(channel).asksFor(name(sni.hostname()));
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> become();
            case SslHandshakeCompletionEvent _ -> close();
            case Drain how when how == Drain.Stop -> close();
            default -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.close();
        context.fireChannelInactive();
    }

    /** Whatever fails before there is a protocol is the client's doing. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("no handshake", cause);
        close();
    }

    private static @Nullable String name(@Nullable String asked) {
        return asked == null ? null : HostNames.routing(asked);
    }

    private void become() {
        deadline.close();
        SSLEngine engine = channel.sslEngine();
        if (engine == null || !QuicTls.PROTOCOL.equals(engine.getApplicationProtocol())) {
            var _ = channel.close(false, NO_APPLICATION_PROTOCOL, Unpooled.EMPTY_BUFFER);
            return;
        }
        tls.settled(channel);
        Peer.Served shown = QuicTls.of(channel).served();
        Peer peer =
                Peer.of(
                        channel.remoteSocketAddress(),
                        channel.localSocketAddress(),
                        new Peer.Served(shown.name(), shown.certified(), Handshake.facts(engine)));
        Http3Protocol.speak(channel, loop, peer);
        channel.pipeline().remove(this);
    }

    private void close() {
        var _ = channel.close();
    }
}
