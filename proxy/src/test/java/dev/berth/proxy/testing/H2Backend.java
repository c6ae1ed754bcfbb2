package dev.berth.proxy.testing;

import dev.berth.schemas.edge.Backend;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that speaks HTTP/2 with prior knowledge. Records what it is sent. */
public final class H2Backend implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Http2Headers> heads = new CopyOnWriteArrayList<>();
    private final List<Long> resets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Script script;
    private final Channel server;

    private H2Backend(Script script) {
        this.script = script;
        this.server =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(new Connection())
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
    }

    /** What a stream does. Called on the event loop. */
    @FunctionalInterface
    public interface Script {
        /**
         * A piece of the request.
         *
         * @param fields of the head or the trailers; empty with a piece of body
         */
        void received(Stream stream, Http2Headers fields, String body, boolean last);
    }

    public static H2Backend start(Script script) {
        return new H2Backend(script);
    }

    /** Answers with the body that it was sent. */
    public static H2Backend echo() {
        return start(
                (stream, fields, body, last) -> {
                    if (fields.method() != null) {
                        stream.head(last, ":status", "200");
                    } else {
                        stream.data(body, last);
                    }
                });
    }

    public Backend address() {
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        return new Backend("h2c-" + port, "127.0.0.1", port, Backend.Protocol.H2c);
    }

    /** Heads of requests. */
    public List<Http2Headers> heads() {
        return heads;
    }

    /** Errors of the RST_STREAM frames received. */
    public List<Long> resets() {
        return resets;
    }

    /** Connections accepted so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections open now. */
    public int open() {
        return connections.size();
    }

    public void dropConnections() {
        connections.close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        server.close().awaitUninterruptibly();
        dropConnections();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** One stream, to answer on. */
    public static final class Stream {
        private final Channel channel;

        Stream(Channel channel) {
            this.channel = channel;
        }

        /** A head, or trailers, of names and values in turn. */
        public void head(boolean last, String... fields) {
            Http2Headers headers = new DefaultHttp2Headers(false);
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            var _ = channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, last));
        }

        public void data(String text, boolean last) {
            var _ =
                    channel.writeAndFlush(
                            new DefaultHttp2DataFrame(
                                    channel.alloc()
                                            .buffer()
                                            .writeBytes(text.getBytes(StandardCharsets.ISO_8859_1)),
                                    last));
        }

        /** Of the stream; its parent is the connection. */
        public Channel channel() {
            return channel;
        }
    }

    private final class Connection extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            accepted.incrementAndGet();
            connections.add(channel);
            channel.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forServer().build(),
                            new Http2MultiplexHandler(new Streams()));
        }
    }

    private final class Streams extends ChannelInitializer<Channel> {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Receiver(new Stream(channel)));
        }
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final Stream stream;

        Receiver(Stream stream) {
            this.stream = stream;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2HeadersFrame frame) {
                if (frame.headers().method() != null) {
                    heads.add(frame.headers());
                }
                script.received(stream, frame.headers(), "", frame.isEndStream());
            } else if (message instanceof Http2DataFrame frame) {
                String text = frame.content().toString(StandardCharsets.ISO_8859_1);
                script.received(stream, new DefaultHttp2Headers(), text, frame.isEndStream());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                resets.add(reset.errorCode());
            }
            ReferenceCountUtil.release(event);
        }
    }
}
