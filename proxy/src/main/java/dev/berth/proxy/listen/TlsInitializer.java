package dev.berth.proxy.listen;

import dev.berth.proxy.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Begins a connection with TLS: its ClientHello says which certificate it gets. */
public final class TlsInitializer extends ChannelInitializer<Channel> {
    private final Arrivals arrivals;
    private final TlsContexts contexts;
    private final Protocol http1;
    private final Protocol http2;

    /** Connections come in by {@code arrivals}. */
    public TlsInitializer(Arrivals arrivals, TlsContexts contexts, Protocol http1, Protocol http2) {
        this.arrivals = arrivals;
        this.contexts = contexts;
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (arrivals.admit(channel)) {
            channel.pipeline()
                    .addLast(
                            new SniSelector(contexts, arrivals.timeouts().requestHead()),
                            new AlpnChoice(http1, http2, arrivals.handshakes()));
        }
    }
}
