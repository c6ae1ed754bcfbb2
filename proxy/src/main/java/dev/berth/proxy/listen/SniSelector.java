package dev.berth.proxy.listen;

import dev.berth.proxy.http.HostNames;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.proxy.tls.TlsContexts.Selected;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server name of a ClientHello (RFC 6066 section 3) and becomes the TLS of its
 * certificate. A name that is no host name is treated as none. The context may have to be made
 * first, by another thread; what comes in meanwhile waits. Confined to the event loop.
 */
final class SniSelector extends AbstractSniHandler<Selected> {
    /** What the handshake shows, for {@link Peer}. */
    static final AttributeKey<Peer.Served> SERVED = AttributeKey.valueOf("berth.tls.served");

    private static final int MAX_CLIENT_HELLO = 16 * 1024;

    private final TlsContexts contexts;
    private final Duration handshake;

    SniSelector(TlsContexts contexts, Duration handshake) {
        super(MAX_CLIENT_HELLO, handshake.toMillis());
        this.contexts = contexts;
        this.handshake = handshake;
    }

    @Override
    protected Future<Selected> lookup(ChannelHandlerContext context, @Nullable String hostname) {
        Promise<Selected> promise = context.executor().newPromise();
        var _ =
                contexts.select(hostname == null ? null : HostNames.routing(hostname))
                        .whenComplete(
                                (selected, failure) -> {
                                    if (failure == null) {
                                        promise.setSuccess(selected);
                                    } else {
                                        promise.setFailure(failure);
                                    }
                                });
        return promise;
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext context, @Nullable String hostname, Future<Selected> future) {
        if (!future.isSuccess()) {
            throw new DecoderException("no TLS context", future.cause());
        }
        Selected selected = future.getNow();
        String name = hostname == null ? null : HostNames.routing(hostname);
        context.channel().attr(SERVED).set(new Peer.Served(name, selected.names()));
        SslHandler tls = selected.context().newHandler(context.alloc());
        tls.setHandshakeTimeoutMillis(handshake.toMillis());
        context.pipeline().replace(this, "tls", tls);
    }
}
