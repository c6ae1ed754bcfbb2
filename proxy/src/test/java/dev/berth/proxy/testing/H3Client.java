package dev.berth.proxy.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3GoAwayFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInitializer;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** One HTTP/3 connection of a client that trusts everybody and checks nothing it sends. */
public final class H3Client implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 20;

    /** Of each client its own, for it keeps sessions. */
    private final QuicSslContext tls =
            QuicSslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocols("h3")
                    .earlyData(true)
                    .build();

    private final MultiThreadIoEventLoopGroup group;
    private final Channel socket;
    private final QuicChannel connection;
    private final BlockingQueue<Long> goAways = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();

    private H3Client(int port, @Nullable String name, int window) {
        this(port, name, window, TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
    }

    private H3Client(int port, @Nullable String name, int window, long connectMillis) {
        group =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("h3-client", true), NioIoHandler.newFactory());
        InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        socket =
                new Bootstrap()
                        .group(group)
                        .channel(NioDatagramChannel.class)
                        .handler(
                                new QuicClientCodecBuilder()
                                        .sslEngineProvider(
                                                channel ->
                                                        name == null
                                                                ? tls.newEngine(channel.alloc())
                                                                : tls.newEngine(
                                                                        channel.alloc(),
                                                                        name,
                                                                        port))
                                        .initialMaxData(16L * window)
                                        .initialMaxStreamDataBidirectionalLocal(window)
                                        .initialMaxStreamsUnidirectional(8)
                                        .initialMaxStreamDataUnidirectional(4096)
                                        .build())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
        boolean connected = false;
        try {
            connection =
                    get(
                            QuicChannel.newBootstrap(socket)
                                    .handler(new Connection())
                                    .option(
                                            ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                            Math.toIntExact(connectMillis))
                                    .remoteAddress(to)
                                    .connect());
            connected = true;
        } finally {
            if (!connected) {
                stop();
            }
        }
    }

    /** Connects and does the handshake, asking for a.test. */
    public static H3Client connect(int port) {
        return new H3Client(port, "a.test", 1 << 20);
    }

    /** Whether a connection comes about within three seconds: long, on a loopback. */
    public static boolean answers(int port) {
        try {
            new H3Client(port, "a.test", 1 << 20, 3000).close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** The same, asking for that name; {@code null} asks for none. */
    public static H3Client connect(int port, @Nullable String name) {
        return new H3Client(port, name, 1 << 20);
    }

    /** The same with a window of so many bytes for each answer. */
    public static H3Client withWindow(int port, int window) {
        return new H3Client(port, "a.test", window);
    }

    /** Closes the connection without a word about why. */
    public void disconnect() {
        connection.close().awaitUninterruptibly(2000);
    }

    /** The names in the certificate that was shown. */
    public String shown() {
        try {
            X509Certificate shown =
                    (X509Certificate)
                            Objects.requireNonNull(connection.sslEngine())
                                    .getSession()
                                    .getPeerCertificates()[0];
            return String.valueOf(shown.getSubjectAlternativeNames());
        } catch (SSLPeerUnverifiedException | java.security.cert.CertificateParsingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens a stream without sending anything. */
    public Stream open() {
        Stream stream = new Stream();
        stream.opened = get(connection.createStream(QuicStreamType.BIDIRECTIONAL, stream.begin()));
        return stream;
    }

    /** A complete GET of the path on a.test. */
    public Stream get(String path, String... more) {
        return open().headers(true, fields("GET", path, more));
    }

    /** The head of a request to a.test; more fields are names and values in turn. */
    public Stream request(String method, String path, String... more) {
        return open().headers(false, fields(method, path, more));
    }

    /** The fields of a request to a.test. */
    public static String[] fields(String method, String path, String... more) {
        List<String> fields =
                new ArrayList<>(
                        List.of(
                                ":method",
                                method,
                                ":scheme",
                                "https",
                                ":authority",
                                "a.test",
                                ":path",
                                path));
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    /** The identifier of the next GOAWAY. */
    public long goAway() throws InterruptedException {
        Long id = goAways.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (id == null) {
            throw new AssertionError("no GOAWAY came");
        }
        return id;
    }

    /** The error with which the edge closes the connection; -1 when it just goes. */
    public int closed() throws InterruptedException {
        Integer error = closes.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (error == null) {
            throw new AssertionError("the connection stays open");
        }
        return error;
    }

    /** Waits until one more request may be sent; false when the connection is closed first. */
    public boolean mayAsk() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (connection.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) == 0
                && connection.isActive()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no further request is allowed");
            }
            Thread.onSpinWait();
        }
        return connection.isActive();
    }

    public boolean isOpen() {
        return connection.isActive();
    }

    @Override
    public void close() {
        connection.close(true, 0x100, Unpooled.EMPTY_BUFFER).awaitUninterruptibly(2000);
        stop();
    }

    private void stop() {
        socket.close().awaitUninterruptibly(2000);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    }

    private static <T> T get(Future<T> future) {
        if (!future.awaitUninterruptibly(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS))) {
            throw new AssertionError("not done in time");
        }
        if (!future.isSuccess()) {
            throw new IllegalStateException(future.cause());
        }
        return future.getNow();
    }

    /**
     * What came on a stream.
     *
     * @param heads informational ones first
     * @param reset the error of RESET_STREAM; -1 if the stream ended as it should
     */
    public record Answer(
            List<Http3Headers> heads,
            String body,
            @Nullable Http3Headers trailers,
            boolean ended,
            long reset) {
        public int status() {
            return Integer.parseInt(String.valueOf(heads.getLast().status()));
        }

        public @Nullable String field(String name) {
            CharSequence value = heads.getLast().get(name);
            return value == null ? null : value.toString();
        }
    }

    /** One request and what comes for it. */
    public static final class Stream {
        private final List<Http3Headers> heads = new CopyOnWriteArrayList<>();

        @SuppressWarnings("JdkObsolete") // read by the test while the event loop writes
        private final StringBuffer body = new StringBuffer();

        private final BlockingQueue<Boolean> end = new LinkedBlockingQueue<>();
        private final FinWith fin = new FinWith();
        private volatile @Nullable Http3Headers trailers;
        private volatile long reset = -1;
        private @Nullable QuicStreamChannel opened;

        private QuicStreamChannel channel() {
            return Objects.requireNonNull(opened);
        }

        private Http3RequestStreamInitializer begin() {
            return new Http3RequestStreamInitializer() {
                @Override
                protected void initRequestStream(QuicStreamChannel stream) {
                    stream.pipeline().addFirst(fin);
                    stream.pipeline().addLast(new Receiver());
                }
            };
        }

        /** Sends a HEADERS frame of names and values in turn. */
        public Stream headers(boolean last, String... fields) {
            Http3Headers headers = new DefaultHttp3Headers(false);
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            return write(new DefaultHttp3HeadersFrame(headers), last);
        }

        public Stream data(boolean last, String text) {
            return write(
                    new DefaultHttp3DataFrame(
                            Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1)),
                    last);
        }

        /** Sends bytes that need not be frames. */
        public Stream raw(boolean last, int... bytes) {
            ByteBuf buffer = Unpooled.directBuffer();
            for (int b : bytes) {
                buffer.writeByte(b);
            }
            var _ =
                    channel()
                            .eventLoop()
                            .submit(
                                    () -> {
                                        var first = channel().pipeline().firstContext();
                                        if (first == null || !channel().isOpen()) {
                                            buffer.release();
                                        } else {
                                            var _ =
                                                    first.writeAndFlush(
                                                            new DefaultQuicStreamFrame(
                                                                    buffer, last));
                                        }
                                    })
                            .syncUninterruptibly();
            return this;
        }

        /** Whether the next piece would be sent now. */
        public boolean writable() {
            return channel().isWritable();
        }

        public Stream reset(int error) {
            var _ = channel().shutdownOutput(error).syncUninterruptibly();
            return this;
        }

        /** Wants no more of the answer. */
        public Stream stop(int error) {
            var _ = channel().shutdownInput(error).syncUninterruptibly();
            return this;
        }

        /** Stops or resumes taking the answer. */
        public Stream read(boolean reading) {
            channel().config().setAutoRead(reading);
            return this;
        }

        /** Takes what one read gives. */
        public Stream sip() {
            var _ = channel().read();
            return this;
        }

        /** What of the body has come so far. */
        public String soFar() {
            return body.toString();
        }

        /** How much of the body has come so far. */
        public int received() {
            return body.length();
        }

        public List<Http3Headers> heads() {
            return List.copyOf(heads);
        }

        /** Everything up to the end of the stream. */
        public Answer answer() {
            try {
                Boolean ended = end.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
                if (ended == null) {
                    throw new AssertionError("the answer does not end; so far: " + soFar());
                }
                return new Answer(List.copyOf(heads), body.toString(), trailers, ended, reset);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private Stream write(Object frame, boolean last) {
            var _ =
                    channel()
                            .eventLoop()
                            .submit(
                                    () -> {
                                        fin.next = last;
                                        var _ = channel().writeAndFlush(frame);
                                    })
                            .syncUninterruptibly();
            return this;
        }

        private final class Receiver extends ChannelInboundHandlerAdapter {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof Http3HeadersFrame frame) {
                    if (!heads.isEmpty()
                            && !String.valueOf(heads.getLast().status()).startsWith("1")) {
                        trailers = frame.headers();
                    } else {
                        heads.add(frame.headers());
                    }
                } else if (message instanceof Http3DataFrame frame) {
                    body.append(frame.content().toString(StandardCharsets.ISO_8859_1));
                }
                ReferenceCountUtil.release(message);
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event instanceof ChannelInputShutdownReadComplete) {
                    end.add(true);
                }
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                if (cause instanceof QuicStreamResetException gone) {
                    reset = gone.applicationProtocolCode();
                }
                end.add(false);
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                end.add(false);
            }
        }
    }

    /** Sends the end of the stream together with the last frame. */
    private static final class FinWith extends ChannelOutboundHandlerAdapter {
        private boolean next;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof ByteBuf bytes) {
                var _ = context.write(new DefaultQuicStreamFrame(bytes, next), promise);
            } else {
                var _ = context.write(message, promise);
            }
        }
    }

    private final class Connection extends ChannelInitializer<QuicChannel> {
        @Override
        protected void initChannel(QuicChannel channel) {
            channel.pipeline()
                    .addLast(
                            new Http3ClientConnectionHandler(
                                    new ChannelInboundHandlerAdapter() {
                                        @Override
                                        public void channelRead(
                                                ChannelHandlerContext context, Object message) {
                                            if (message instanceof Http3GoAwayFrame frame) {
                                                goAways.add(frame.id());
                                            }
                                            ReferenceCountUtil.release(message);
                                        }
                                    },
                                    null,
                                    null,
                                    null,
                                    true),
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void userEventTriggered(
                                        ChannelHandlerContext context, Object event) {
                                    if (event instanceof QuicConnectionCloseEvent close) {
                                        closes.add(close.error());
                                    }
                                }

                                @Override
                                public void channelInactive(ChannelHandlerContext context) {
                                    closes.add(-1);
                                }

                                @Override
                                public void exceptionCaught(
                                        ChannelHandlerContext context, Throwable cause) {
                                    // shows in what the test gets
                                }
                            });
        }
    }
}
