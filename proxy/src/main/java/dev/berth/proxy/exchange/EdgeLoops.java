package dev.berth.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;

/**
 * The event loops of an edge.
 *
 * @param byLoop what each owns
 */
public record EdgeLoops(Map<EventLoop, EdgeLoop> byLoop) {
    public EdgeLoops {
        byLoop = Map.copyOf(byLoop);
    }

    /** What the channel's own loop owns. */
    public EdgeLoop of(Channel channel) {
        EdgeLoop loop = byLoop.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("accepted on an event loop that is not ours");
        }
        return loop;
    }
}
