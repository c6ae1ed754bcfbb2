package dev.berth.proxy;

import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.listen.Listener;
import dev.berth.proxy.listen.Transport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets that an edge listens on, by name; each is opened or was given. One thread. */
final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    private final EventLoopGroup group;
    private final Transport transport;
    private final ListeningSockets given;
    private final Map<String, Listener> open = new LinkedHashMap<>();

    Doors(EventLoopGroup group, Transport transport, ListeningSockets given) {
        this.group = group;
        this.transport = transport;
        this.given = given;
    }

    /**
     * How a port was chosen.
     *
     * @param name of the socket
     * @param number 0 = any
     * @param setting how another one is chosen
     */
    record Port(String name, int number, String setting) {}

    /**
     * Listens.
     *
     * @param begin first handler of each connection; sharable
     * @throws IOException if the port is taken
     */
    Listener open(Port port, ChannelHandler begin) throws IOException {
        FileDescriptor descriptor = given.take(port.name());
        if (descriptor != null) {
            Listener adopted = Listener.adopt(descriptor, group, begin);
            open.put(port.name(), adopted);
            if (port.number() != 0 && port.number() != adopted.port()) {
                LOG.warn(
                        "{} is served on port {}, of the socket that was given, not on {}",
                        port.name(),
                        adopted.port(),
                        port.number());
            }
            return adopted;
        }
        try {
            Listener bound = Listener.bind(port.number(), group, transport, begin);
            open.put(port.name(), bound);
            return bound;
        } catch (IOException e) {
            throw StartFailure.port(port.number(), port.setting(), e);
        }
    }

    /** What could be given to another process. */
    Map<String, FileDescriptor> descriptors() {
        Map<String, FileDescriptor> descriptors = new LinkedHashMap<>();
        open.forEach(
                (name, listener) -> {
                    FileDescriptor descriptor = listener.descriptor();
                    if (descriptor != null) {
                        descriptors.put(name, descriptor);
                    }
                });
        return descriptors;
    }

    /** Accepts nothing more. */
    void close() {
        open.values().forEach(Listener::close);
        given.close();
    }
}
