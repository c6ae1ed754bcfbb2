package dev.berth.proxy.h3;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes note of what fails on a one-way stream of a client, for which Netty has closed the
 * connection already. What passes is not its business: behind it may come who reads it.
 */
final class OneWayStream extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(OneWayStream.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("one-way stream failed", cause);
    }
}
