package dev.berth.proxy.listen;

import io.netty.channel.Channel;

/** A version of HTTP that clients may speak. One for all connections. */
@FunctionalInterface
public interface Protocol {
    /**
     * Adds the handlers that speak it to the end of the pipeline. On the connection's event loop,
     * once it is active.
     */
    void speak(Channel channel, Peer peer);
}
