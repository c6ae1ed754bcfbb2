package dev.berth.proxy.listen;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Begins a connection with TLS: its ClientHello says which certificate it gets. */
public final class TlsInitializer extends ChannelInitializer<Channel> {
    private final Connections connections;
    private final TlsContexts contexts;
    private final Protocol http1;
    private final Protocol http2;
    private final Timeouts timeouts;

    /** Connections are counted in {@code connections}. */
    public TlsInitializer(
            Connections connections,
            TlsContexts contexts,
            Protocol http1,
            Protocol http2,
            Timeouts timeouts) {
        this.connections = connections;
        this.contexts = contexts;
        this.http1 = http1;
        this.http2 = http2;
        this.timeouts = timeouts;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (connections.admit(channel)) {
            channel.pipeline()
                    .addLast(
                            new SniSelector(contexts, timeouts.requestHead()),
                            new AlpnChoice(http1, http2));
        }
    }
}
