package dev.berth.proxy.listen;

import dev.berth.proxy.front.FrontNetworks;
import dev.berth.proxy.front.ProxyHeader;
import dev.berth.proxy.limit.Deadline;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.limit.Wait;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the PROXY header of a connection that has to have one, before anything else of it, TLS too,
 * and then leaves. A connection without a good one, or whose header comes too late, closes without
 * a word: it is not known who would be answered. Confined to the event loop.
 */
final class ProxyHeaderReader extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaderReader.class);

    private final Connections connections;
    private final Timeouts timeouts;
    private @Nullable Deadline deadline;
    private boolean refused;

    ProxyHeaderReader(Connections connections, Timeouts timeouts) {
        this.connections = connections;
        this.timeouts = timeouts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        Deadline first =
                new Deadline(
                        context.channel().eventLoop(),
                        timeouts,
                        _ -> refuse(context, "its header came too late"));
        first.await(Wait.RequestHead);
        deadline = first;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) {
        if (refused) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        switch (ProxyHeader.read(buffer)) {
            case ProxyHeader.Incomplete _ -> {}
            case ProxyHeader.Malformed(String why) -> {
                buffer.skipBytes(buffer.readableBytes());
                refuse(context, why);
            }
            case ProxyHeader.Local(int length) -> {
                // Its own, or one that it has no address for: then the fields are the client's.
                Origin origin = Origin.of(context.channel(), FrontNetworks.NONE);
                Origin.set(context.channel(), origin);
                leave(context, buffer, length);
            }
            case ProxyHeader.Proxied(String client, int port, int length) -> {
                Origin origin = Origin.of(context.channel());
                Origin.set(context.channel(), new Origin(client, port, origin.front()));
                leave(context, buffer, length);
            }
        }
    }

    /** What follows goes to the next handler when this one is removed. */
    private void leave(ChannelHandlerContext context, ByteBuf buffer, int length) {
        buffer.skipBytes(length);
        context.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext context, String why) {
        refused = true;
        LOG.debug("connection of a proxy closed: {}", why);
        connections.refusedHeader();
        var _ = context.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (deadline != null) {
            deadline.close();
        }
        super.channelInactive(context);
    }
}
