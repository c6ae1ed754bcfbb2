package dev.berth.proxy.listen;

import dev.berth.proxy.http.TlsFacts;
import dev.berth.proxy.observe.HandshakeCounters;
import dev.berth.proxy.observe.HandshakeCounters.Reason;
import dev.berth.proxy.tls.Handshake;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces itself, when the handshake is complete, with the protocol that it has settled (RFC
 * 7301); a client that names none speaks HTTP/1. Confined to the event loop.
 */
final class AlpnChoice extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AlpnChoice.class);

    private final Protocol http1;
    private final Protocol http2;
    private final HandshakeCounters handshakes;
    private boolean settled;

    AlpnChoice(Protocol http1, Protocol http2, HandshakeCounters handshakes) {
        this.handshakes = handshakes;
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Drain.Stop) {
            var _ = context.close();
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                become(context);
            } else {
                failed(handshake.cause());
                var _ = context.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        failed(new ClosedChannelException());
        context.fireChannelInactive();
    }

    /** Counts what came to nothing, once, and by what it was first. */
    private void failed(Throwable cause) {
        if (!settled) {
            settled = true;
            handshakes.failed(
                    switch (cause) {
                        case SslHandshakeTimeoutException _ -> Reason.Timeout;
                        case NotSslRecordException _ -> Reason.NotTls;
                        case ClosedChannelException _ -> Reason.Closed;
                        default ->
                                cause instanceof DecoderException && cause.getCause() != null
                                        ? reasonOf(cause.getCause())
                                        : Reason.Refused;
                    });
        }
    }

    private static Reason reasonOf(Throwable cause) {
        return cause instanceof NotSslRecordException ? Reason.NotTls : Reason.Refused;
    }

    /** Whatever fails before there is a protocol is the client's doing. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("no handshake", cause);
        failed(cause);
        var _ = context.close();
    }

    private void become(ChannelHandlerContext context) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        boolean wantsHttp2 = ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
        Peer.Served shown = context.channel().attr(SniSelector.SERVED).get();
        TlsFacts facts = Handshake.facts(tls.engine());
        settled = true;
        Transport.acknowledge(context.channel());
        handshakes.succeeded(facts);
        Peer.Served served = new Peer.Served(shown.name(), shown.certified(), facts);
        (wantsHttp2 ? http2 : http1).speak(context.channel(), Peer.of(context.channel(), served));
        context.pipeline().remove(this);
    }
}
