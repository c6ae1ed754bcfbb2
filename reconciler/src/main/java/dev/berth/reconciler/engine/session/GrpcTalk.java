package dev.berth.reconciler.engine.session;

import dev.berth.reconciler.engine.session.GrpcService.Answer;
import dev.berth.reconciler.engine.session.GrpcService.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Our side of gRPC over one HTTP/2 connection, as a function from bytes to bytes: no sockets and no
 * threads. Source: <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC
 * over HTTP2</a>. Not thread-safe.
 */
final class GrpcTalk implements AutoCloseable {
    private static final int MOST_CALLS = 64;
    private static final int LONGEST_MESSAGE = 64 * 1024;
    private static final int PREFIX = 5;

    private final EmbeddedChannel channel = new EmbeddedChannel();

    GrpcTalk(GrpcService service) {
        // before the codec has its first buffer: pools of direct memory are for servers
        channel.config().setAllocator(new UnpooledByteBufAllocator(false));
        channel.pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forServer()
                                .initialSettings(
                                        Http2Settings.defaultSettings()
                                                .maxConcurrentStreams(MOST_CALLS))
                                .build(),
                        new Calls(service));
    }

    /** What is to be sent before anything has come. */
    byte[] begin() {
        return outbound();
    }

    /**
     * Takes what has come.
     *
     * @return what is to be sent
     */
    byte[] take(byte[] bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        return outbound();
    }

    /** Whether the other side broke the protocol, and nothing more is to come. */
    boolean ended() {
        return !channel.isOpen();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }

    private byte[] outbound() {
        channel.runPendingTasks();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            byte[] bytes = new byte[part.readableBytes()];
            part.readBytes(bytes);
            part.release();
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }

    /** A call whose message is not yet whole. */
    private record Call(String method, ByteArrayOutputStream body) {}

    private static final class Calls extends ChannelInboundHandlerAdapter {
        private final GrpcService service;
        private final Map<Http2FrameStream, Call> open = new HashMap<>();

        Calls(GrpcService service) {
            this.service = service;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            try {
                switch (frame) {
                    case Http2HeadersFrame headers -> begin(context, headers);
                    case Http2DataFrame data -> add(context, data);
                    case Http2ResetFrame reset -> open.remove(reset.stream());
                    default -> {
                        // settings, pings and the like are the codec's
                    }
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        /**
         * Who breaks the protocol of the connection was told so by the codec; who breaks that of a
         * call is told by us. The rest is a bug.
         */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
            switch (broken) {
                case Http2FrameStreamException call -> {
                    open.remove(call.stream());
                    write(context, new DefaultHttp2ResetFrame(call.error()).stream(call.stream()));
                    context.flush();
                }
                case Http2Exception _ -> {}
                default -> context.fireExceptionCaught(broken);
            }
        }

        private void begin(ChannelHandlerContext context, Http2HeadersFrame headers) {
            CharSequence path = headers.headers().path();
            Call call = new Call(path == null ? "" : path.toString(), new ByteArrayOutputStream());
            if (headers.isEndStream()) {
                answer(context, headers.stream(), call);
            } else {
                open.putIfAbsent(headers.stream(), call);
            }
        }

        private void add(ChannelHandlerContext context, Http2DataFrame data) {
            write(
                    context,
                    new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                            .stream(data.stream()));
            Call call = open.get(data.stream());
            if (call == null) {
                return;
            }
            byte[] bytes = new byte[data.content().readableBytes()];
            data.content().readBytes(bytes);
            if (call.body().size() <= LONGEST_MESSAGE) {
                call.body().writeBytes(bytes);
            }
            if (data.isEndStream()) {
                open.remove(data.stream());
                answer(context, data.stream(), call);
            }
        }

        private void answer(ChannelHandlerContext context, Http2FrameStream stream, Call call) {
            switch (answer(call)) {
                case Answer.Message(ByteBuffer bytes) -> {
                    write(context, headers(false).stream(stream));
                    write(
                            context,
                            new DefaultHttp2DataFrame(prefixed(bytes), false).stream(stream));
                    Http2Headers trailers = new DefaultHttp2Headers().set("grpc-status", "0");
                    write(context, new DefaultHttp2HeadersFrame(trailers, true).stream(stream));
                }
                case Answer.Failure(Status status, String words) -> {
                    DefaultHttp2HeadersFrame only = headers(true);
                    only.headers()
                            .set("grpc-status", Integer.toString(status.code()))
                            .set("grpc-message", words);
                    write(context, only.stream(stream));
                }
            }
        }

        private Answer answer(Call call) {
            byte[] body = call.body().toByteArray();
            if (body.length > LONGEST_MESSAGE) {
                return new Answer.Failure(Status.RESOURCE_EXHAUSTED, "too long a message");
            } else if (!service.methods().contains(call.method())) {
                return new Answer.Failure(Status.UNIMPLEMENTED, "no such call");
            } else if (body.length < PREFIX
                    || ByteBuffer.wrap(body, 1, 4).getInt() != body.length - PREFIX) {
                return new Answer.Failure(Status.INVALID_ARGUMENT, "not one message");
            } else if (body[0] != 0) {
                return new Answer.Failure(Status.UNIMPLEMENTED, "no compression is known here");
            }
            byte[] message = new byte[body.length - PREFIX];
            System.arraycopy(body, PREFIX, message, 0, message.length);
            try {
                return service.answer(call.method(), message);
            } catch (IllegalArgumentException _) {
                return new Answer.Failure(Status.INVALID_ARGUMENT, "a malformed message");
            }
        }

        /** What can't be sent is of a call, or a connection, that is gone. */
        private static void write(ChannelHandlerContext context, Object frame) {
            var _ = context.write(frame);
        }

        private static DefaultHttp2HeadersFrame headers(boolean end) {
            Http2Headers headers =
                    new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
            return new DefaultHttp2HeadersFrame(headers, end);
        }

        private static ByteBuf prefixed(ByteBuffer message) {
            int length = message.remaining();
            ByteBuf out = Unpooled.buffer(PREFIX + length);
            return out.writeByte(0).writeInt(length).writeBytes(message);
        }
    }
}
