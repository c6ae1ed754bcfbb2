package dev.berth.proxy.upstream;

import dev.berth.proxy.flush.Turn;
import dev.berth.proxy.flush.TurnFlush;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.observe.Counters.What;
import dev.berth.schemas.edge.Backend;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The backend connections of one event loop. Idle ones are kept for {@link Timeouts#upstreamIdle}
 * and closed by us, so that a backend rarely closes one that is just being taken. Confined to the
 * loop.
 */
public final class UpstreamPool {
    private static final int MAX_IDLE_PER_BACKEND = 512;

    private final EventLoop loop;
    private final Turn turn;
    private final Timeouts timeouts;
    private final Bootstrap bootstrap;
    private final Map<Backend, ArrayDeque<Http1Upstream>> idle = new HashMap<>();
    private final Http2Sessions sessions;
    private final Counters counters;
    private boolean sweeping;

    /** An empty pool. */
    public UpstreamPool(
            EventLoop loop,
            Class<? extends Channel> channelType,
            Timeouts timeouts,
            Counters counters) {
        this.counters = counters;
        this.loop = loop;
        this.turn = new Turn(loop);
        this.timeouts = timeouts;
        this.bootstrap =
                new Bootstrap()
                        .group(loop)
                        .channel(channelType)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(timeouts.connect().toMillis()))
                        // What the kernel holds when a backend closes is read at once, however
                        // slow the client is; this bounds it.
                        .option(ChannelOption.SO_RCVBUF, 256 * 1024)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new FrugalReads())
                        .handler(new Quiet());
        this.sessions = new Http2Sessions(timeouts, this::open);
    }

    /** Told when a connection attempt has ended. Called on the loop. */
    public interface Attempt {
        void connected(UpstreamConnection connection);

        void failed(Throwable cause);
    }

    /** The most recently used idle connection that is still good; {@code null} when none is. */
    public @Nullable Http1Upstream takeIdle(Backend backend) {
        ArrayDeque<Http1Upstream> connections = idle.get(backend);
        if (connections == null) {
            return null;
        }
        Http1Upstream connection = connections.pollLast();
        while (connection != null && (expired(connection) || !connection.channel().isActive())) {
            counters.add(What.UpstreamIdle, -1);
            connection.close();
            connection = connections.pollLast();
        }
        if (connection != null) {
            counters.add(What.UpstreamIdle, -1);
            counters.add(What.UpstreamReused, 1);
        }
        return connection;
    }

    /** Opens a new connection, or a stream on one of those that carry many. */
    public void connect(Backend backend, Attempt attempt) {
        switch (backend.protocol()) {
            case Http1 -> open(backend, new Opening(backend, attempt));
            case H2c -> sessions.open(backend, attempt);
        }
    }

    /** What becomes of a connection attempt. */
    interface Opened {
        void connected(Channel channel);

        void failed(Throwable cause);
    }

    private void open(Backend backend, Opened opened) {
        InetSocketAddress address;
        try {
            address = address(backend);
        } catch (UnknownHostException e) {
            opened.failed(e);
            return;
        }
        bootstrap
                .connect(address)
                .addListener(
                        (ChannelFuture future) -> {
                            Throwable cause = future.cause();
                            if (future.isSuccess()) {
                                count(future.channel());
                                opened.connected(future.channel());
                            } else {
                                opened.failed(
                                        cause == null
                                                ? new IllegalStateException("cancelled")
                                                : cause);
                            }
                        });
    }

    private void count(Channel opened) {
        counters.add(What.UpstreamCreated, 1);
        opened.closeFuture().addListener(_ -> counters.add(What.UpstreamClosed, 1));
    }

    /** The loop whose pool this is. */
    public EventLoop loop() {
        return loop;
    }

    /** When channels of that loop flush. */
    public Turn turn() {
        return turn;
    }

    /** A connection of HTTP/1 on its way. */
    private final class Opening implements Opened {
        private final Backend backend;
        private final Attempt attempt;

        Opening(Backend backend, Attempt attempt) {
            this.backend = backend;
            this.attempt = attempt;
        }

        @Override
        public void connected(Channel channel) {
            attempt.connected(wrap(channel, backend));
        }

        @Override
        public void failed(Throwable cause) {
            attempt.failed(cause);
        }
    }

    /** Idle connections now. */
    public int size() {
        return idle.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    void put(Http1Upstream connection) {
        ArrayDeque<Http1Upstream> connections =
                idle.computeIfAbsent(connection.backend(), _ -> new ArrayDeque<>());
        if (connections.size() >= MAX_IDLE_PER_BACKEND || !connection.channel().isActive()) {
            connection.close();
            return;
        }
        connections.addLast(connection);
        counters.add(What.UpstreamIdle, 1);
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
    }

    void forget(Http1Upstream connection) {
        ArrayDeque<Http1Upstream> connections = idle.get(connection.backend());
        if (connections != null && connections.remove(connection)) {
            counters.add(What.UpstreamIdle, -1);
        }
    }

    private Http1Upstream wrap(Channel channel, Backend backend) {
        ResponseDecoder decoder = new ResponseDecoder();
        Http1Upstream connection = new Http1Upstream(channel, backend, this, decoder);
        channel.pipeline().addLast(new TurnFlush(turn), decoder, new RequestEncoder(), connection);
        return connection;
    }

    private boolean expired(Http1Upstream connection) {
        return System.nanoTime() - connection.idleSince() >= timeouts.upstreamIdle().toNanos();
    }

    private void sweepLater() {
        long delay = Math.max(1, timeouts.upstreamIdle().toMillis() / 4);
        var _ = loop.schedule(this::sweep, delay, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        for (Iterator<ArrayDeque<Http1Upstream>> all = idle.values().iterator(); all.hasNext(); ) {
            ArrayDeque<Http1Upstream> connections = all.next();
            while (!connections.isEmpty() && expired(connections.getFirst())) {
                counters.add(What.UpstreamIdle, -1);
                connections.removeFirst().close();
            }
            if (connections.isEmpty()) {
                all.remove();
            }
        }
        sweeping = !idle.isEmpty();
        if (sweeping) {
            sweepLater();
        }
    }

    private static InetSocketAddress address(Backend backend) throws UnknownHostException {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(backend.address());
        if (bytes == null) {
            throw new UnknownHostException("not an IP address: " + backend.address());
        }
        return new InetSocketAddress(InetAddress.getByAddress(bytes), backend.port());
    }

    /** The pipeline is filled once the connection is there. */
    private static final class Quiet extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            // nothing before it is connected
        }
    }
}
