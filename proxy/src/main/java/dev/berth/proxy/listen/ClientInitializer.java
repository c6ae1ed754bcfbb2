package dev.berth.proxy.listen;

import dev.berth.proxy.limit.Timeouts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** Begins a connection without TLS: its first bytes say which version of HTTP it speaks. */
public final class ClientInitializer extends ChannelInitializer<Channel> {
    private final Connections connections;
    private final Protocol http1;
    private final Protocol http2;
    private final Timeouts timeouts;

    /** Connections are counted in {@code connections}. */
    public ClientInitializer(
            Connections connections, Protocol http1, Protocol http2, Timeouts timeouts) {
        this.connections = connections;
        this.http1 = http1;
        this.http2 = http2;
        this.timeouts = timeouts;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (connections.admit(channel)) {
            channel.pipeline().addLast(new PrefaceSniffer(http1, http2, timeouts));
        }
    }
}
