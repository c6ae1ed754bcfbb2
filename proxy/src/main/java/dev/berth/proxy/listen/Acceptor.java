package dev.berth.proxy.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the connections of a listening socket that was open already: what Netty's bootstrap does
 * for those that it opens itself. Confined to the event loop.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int PAUSE_SECONDS = 1;

    private final EventLoopGroup group;
    private final ChannelHandler begin;

    Acceptor(EventLoopGroup group, ChannelHandler begin) {
        this.group = group;
        this.begin = begin;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel connection = (Channel) message;
        connection.config().setOption(ChannelOption.TCP_NODELAY, true);
        connection.pipeline().addLast(begin);
        group.register(connection)
                .addListener(
                        registered -> {
                            if (!registered.isSuccess()) {
                                connection.unsafe().closeForcibly();
                            }
                        });
    }

    /** Most likely there is no descriptor left; accepting at once again would only burn time. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("a connection could not be accepted: {}", cause.toString());
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead()) {
            config.setAutoRead(false);
            var _ =
                    context.channel()
                            .eventLoop()
                            .schedule(
                                    () -> config.setAutoRead(true),
                                    PAUSE_SECONDS,
                                    TimeUnit.SECONDS);
        }
    }
}
