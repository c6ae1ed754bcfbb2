package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Begins a connection without TLS: its first bytes say which version of HTTP it speaks. */
public final class ClientInitializer extends ChannelInitializer<Channel> {
    private final Arrivals arrivals;
    private final Protocol http1;
    private final Protocol http2;

    /** Connections come in by {@code arrivals}. */
    public ClientInitializer(Arrivals arrivals, Protocol http1, Protocol http2) {
        this.arrivals = arrivals;
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (arrivals.admit(channel)) {
            channel.pipeline().addLast(new PrefaceSniffer(http1, http2, arrivals.timeouts()));
        }
    }
}
