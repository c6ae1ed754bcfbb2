package dev.berth.proxy;

import dev.berth.proxy.h3.Http3Server;
import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.listen.Listener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that an edge listens on; each is opened or was given. The ports may be asked for by
 * any thread; the rest is for one at a time.
 */
final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    private final Works works;
    private volatile @Nullable Listener http;
    private volatile @Nullable Listener https;
    private volatile @Nullable Http3Server http3;

    Doors(Works works) {
        this.works = works;
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
     * Listens; who connects waits until {@link #accept}.
     *
     * @param given sockets that are open already; those that are not used are closed
     * @throws IOException if a port is taken
     */
    void open(ListeningSockets given) throws IOException {
        try (given) {
            // TLS first: plain requests may be sent to its port.
            https = open(works.config().https(), given, works.tlsBegin());
            http = open(works.config().http(), given, works.plainBegin());
        }
    }

    private Listener open(Port port, ListeningSockets given, ChannelHandler begin)
            throws IOException {
        FileDescriptor descriptor = given.take(port.name());
        return descriptor == null ? bind(port, begin) : adopt(port, descriptor, begin);
    }

    private Listener bind(Port port, ChannelHandler begin) throws IOException {
        try {
            return Listener.bind(port.number(), works.group(), works.transport(), begin);
        } catch (IOException e) {
            throw StartFailure.port(port.number(), port.setting(), e);
        }
    }

    private Listener adopt(Port port, FileDescriptor descriptor, ChannelHandler begin)
            throws IOException {
        Listener adopted = Listener.adopt(descriptor, works.group(), works.transport(), begin);
        if (port.number() != 0 && port.number() != adopted.port()) {
            LOG.warn(
                    "{} is served on port {}, of the socket that was given, not on {}",
                    port.name(),
                    adopted.port(),
                    port.number());
        }
        return adopted;
    }

    /** Accepts connections from now on. */
    void accept() {
        forEach(Listener::accept);
    }

    private void forEach(Consumer<Listener> action) {
        Stream.of(https, http).filter(Objects::nonNull).forEach(action);
    }

    /** Serves HTTP/3, too, if that is wanted, as soon as it can; the rest is served without it. */
    void openHttp3() {
        if (works.config().http3()) {
            startHttp3();
        } else {
            works.altSvc().off();
        }
    }

    private void startHttp3() {
        try {
            http3 = Http3Server.start(httpsPort(), works.http3());
        } catch (RuntimeException e) {
            // By now nobody serves but us: this is no reason to end.
            LOG.error(
                    "HTTP/3 is not served, all else is: no event loop for it could be made; see that"
                            + " enough files may be open (ulimit -n) and memory is left, and restart"
                            + " or upgrade Berth",
                    e);
            works.altSvc().off();
        }
    }

    /** The port on which it serves; 0 before it is open. */
    int httpPort() {
        Listener open = http;
        return open == null ? 0 : open.port();
    }

    /** The port on which it serves TLS; 0 before it is open. */
    int httpsPort() {
        Listener open = https;
        return open == null ? 0 : open.port();
    }

    /** What could be given to another process. */
    Map<String, FileDescriptor> descriptors() {
        Map<String, FileDescriptor> descriptors = new LinkedHashMap<>();
        addDescriptor(ListeningSockets.HTTPS, https, descriptors);
        addDescriptor(ListeningSockets.HTTP, http, descriptors);
        return descriptors;
    }

    private static void addDescriptor(
            String name, @Nullable Listener open, Map<String, FileDescriptor> descriptors) {
        FileDescriptor descriptor = open == null ? null : open.descriptor();
        if (descriptor != null) {
            descriptors.put(name, descriptor);
        }
    }

    /** Accepts nothing more; connections of HTTP/3 go on. */
    void close() {
        Http3Server datagrams = http3;
        if (datagrams != null) {
            datagrams.drain();
        }
        forEach(Listener::close);
    }

    /** Ends HTTP/3 with all its connections. */
    void closeHttp3() {
        Http3Server datagrams = http3;
        if (datagrams != null) {
            datagrams.close();
        }
    }
}
