package dev.berth.proxy.flush;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnFlushTest {
    private final EventLoop loop = new DefaultEventLoop();
    private int flushed;

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void flush_severalInOneTurn_reachTheSocketOnceAtItsEnd() throws Exception {
        EmbeddedChannel channel = channel(new Turn(loop));

        inOneTurn(
                () -> {
                    var _ = channel.write(bytes(10));
                    channel.pipeline().flush();
                    var _ = channel.write(bytes(10));
                    channel.pipeline().flush();
                    assertThat(flushed).isZero();
                });

        assertThat(flushed).isEqualTo(1);
        assertThat(channel.outboundMessages()).hasSize(2);
        channel.releaseOutbound();
    }

    @Test
    void turn_ends_flushesAllThatWait() throws Exception {
        Turn turn = new Turn(loop);
        EmbeddedChannel one = channel(turn);
        EmbeddedChannel other = channel(turn);

        inOneTurn(
                () -> {
                    one.pipeline().flush();
                    other.pipeline().flush();
                    assertThat(flushed).isZero();
                });

        assertThat(flushed).isEqualTo(2);
    }

    @Test
    void flush_moreThanTheChannelShouldBuffer_goesOutAtOnce() {
        EmbeddedChannel channel = channel(new Turn(loop));
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(50, 100));

        var _ = channel.write(bytes(200));
        channel.pipeline().flush();

        assertThat(flushed).isEqualTo(1);
        channel.releaseOutbound();
    }

    @Test
    void close_withSomethingToFlush_flushesItFirst() throws Exception {
        EmbeddedChannel channel = channel(new Turn(loop));

        inOneTurn(
                () -> {
                    var _ = channel.write(bytes(10));
                    channel.pipeline().flush();
                    var _ = channel.pipeline().close();
                    assertThat(flushed).isEqualTo(1);
                });

        assertThat(channel.outboundMessages()).hasSize(1);
        channel.releaseOutbound();
    }

    /** On the loop, as another thread would race with the turn's end; returns when that is over. */
    private void inOneTurn(Runnable steps) throws Exception {
        loop.submit(steps).get(5, TimeUnit.SECONDS);
        loop.submit(() -> {}).get(5, TimeUnit.SECONDS);
    }

    private EmbeddedChannel channel(Turn turn) {
        return new EmbeddedChannel(new Socket(), new TurnFlush(turn));
    }

    private static ByteBuf bytes(int count) {
        return Unpooled.wrappedBuffer(new byte[count]);
    }

    /** Sees what reaches the socket. */
    private final class Socket extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(ChannelHandlerContext context) {
            flushed++;
            context.flush();
        }
    }
}
