package dev.berth.proxy.closing;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends what we send while the other side stays open. Called on the channel's event loop. */
public final class OutputClose {
    private OutputClose() {}

    /** Ends TLS first (RFC 8446 section 6.1), so that no client takes it for a truncation. */
    public static void of(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutdown(channel);
        } else {
            tls.closeOutbound().addListener(_ -> shutdown(channel));
        }
    }

    private static void shutdown(Channel channel) {
        if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
            var _ = duplex.shutdownOutput();
        } else {
            var _ = channel.close();
        }
    }
}
