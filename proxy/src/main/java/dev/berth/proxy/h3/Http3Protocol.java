package dev.berth.proxy.h3;

import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.listen.Peer;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * HTTP/3 (RFC 9114): the order of the handlers of a connection and of its requests. QPACK goes
 * without its dynamic table, so that no request waits for another and none can fill our memory (RFC
 * 9204 section 2.1.2).
 */
final class Http3Protocol {
    private static final int MAX_FIELD_SECTION = 32 * 1024;

    private static final String LAST = "connection";

    private Http3Protocol() {}

    /** Adds the handlers to a connection whose handshake is complete. */
    static void speak(QuicChannel channel, EdgeLoop loop, Peer peer) {
        Http3Connection connection = new Http3Connection(channel, loop, peer);
        // First, to hear of it when not even our control stream can be opened.
        channel.pipeline().addLast(LAST, connection);
        channel.pipeline()
                .addBefore(
                        LAST,
                        null,
                        new Http3ServerConnectionHandler(
                                new Requests(connection),
                                new ControlFrames(connection),
                                null,
                                new DefaultHttp3SettingsFrame(
                                        new Http3Settings().maxFieldSectionSize(MAX_FIELD_SECTION)),
                                true));
    }

    /** Begins each request of a connection. */
    private static final class Requests extends ChannelInitializer<QuicStreamChannel> {
        private final Http3Connection connection;

        Requests(Http3Connection connection) {
            this.connection = connection;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(QuicStreamChannel stream) {
            StreamBytes bytes = new StreamBytes();
            Http3Request request = connection.opened(stream, bytes);
            if (request != null) {
                stream.config().setReadFrames(true);
                stream.pipeline().addFirst(bytes);
                stream.pipeline().addLast(request);
            }
        }
    }
}
