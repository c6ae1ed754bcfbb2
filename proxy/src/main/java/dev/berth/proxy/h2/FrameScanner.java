package dev.berth.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Reads the header of every frame among the bytes that pass (RFC 9113 section 4.1) and asks the
 * rules. After a frame that breaks one, nothing more of the connection is read. Confined to the
 * event loop.
 */
final class FrameScanner extends ChannelInboundHandlerAdapter {
    private static final int PREFACE_LENGTH = 24;
    private static final int HEADER_LENGTH = 9;

    private final List<FrameRule> rules;
    private final byte[] header = new byte[HEADER_LENGTH];
    private int headerRead;
    private int toSkip = PREFACE_LENGTH;
    private boolean stopped;

    FrameScanner(FrameRule... rules) {
        this.rules = List.of(rules);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (stopped) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            if (message instanceof ByteBuf bytes) {
                scan(bytes);
            }
        } catch (Http2Exception e) {
            stopped = true;
            ReferenceCountUtil.release(message);
            context.fireExceptionCaught(e);
            return;
        }
        context.fireChannelRead(message);
    }

    private void scan(ByteBuf bytes) throws Http2Exception {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (toSkip > 0) {
                int skipped = Math.min(toSkip, end - at);
                toSkip -= skipped;
                at += skipped;
                continue;
            }
            header[headerRead++] = bytes.getByte(at++);
            if (headerRead == HEADER_LENGTH) {
                headerRead = 0;
                toSkip = number(0, 3);
                int streamId = number(5, 4) & Integer.MAX_VALUE;
                for (FrameRule rule : rules) {
                    rule.check(header[3], header[4], streamId, toSkip);
                }
            }
        }
    }

    private int number(int from, int bytes) {
        int number = 0;
        for (int i = from; i < from + bytes; i++) {
            number = number << 8 | (header[i] & 0xff);
        }
        return number;
    }
}
