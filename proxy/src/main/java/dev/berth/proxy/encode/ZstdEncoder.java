package dev.berth.proxy.encode;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * A body as one zstd frame with a window that every browser takes (RFC 9659 allows 8 MiB; this is
 * 256 KiB, for the memory). Netty's encoder would make a frame of each piece.
 */
final class ZstdEncoder implements BodyEncoder {
    private static final int LEVEL = 3;
    private static final int WINDOW_LOG = 18;
    private static final int STEP = 16 * 1024;

    private final ByteBufAllocator allocator;
    private final Runnable onClose;
    private final ZstdCompressCtx context = new ZstdCompressCtx();
    private boolean closed;

    /**
     * An encoder.
     *
     * @param onClose called once
     */
    ZstdEncoder(ByteBufAllocator allocator, Runnable onClose) {
        this.allocator = allocator;
        this.onClose = onClose;
        context.setLevel(LEVEL);
        context.setWindowLog(WINDOW_LOG);
    }

    @Override
    public ByteBuf encode(ByteBuf piece) {
        ByteBuf direct = piece;
        if (!piece.isDirect() || piece.nioBufferCount() != 1) {
            direct = allocator.directBuffer(piece.readableBytes()).writeBytes(piece);
            piece.release();
        }
        try {
            return run(direct.nioBuffer(), EndDirective.FLUSH);
        } finally {
            direct.release();
        }
    }

    @Override
    public ByteBuf finish() {
        ByteBuf rest = run(ByteBuffer.allocateDirect(0), EndDirective.END);
        close();
        return rest;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.close();
            onClose.run();
        }
    }

    private ByteBuf run(ByteBuffer from, EndDirective directive) {
        ByteBuf out = allocator.directBuffer(STEP);
        boolean done = false;
        try {
            while (!done) {
                out.ensureWritable(STEP);
                ByteBuffer into = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
                int before = into.position();
                done = context.compressDirectByteBufferStream(into, from, directive);
                out.writerIndex(out.writerIndex() + into.position() - before);
            }
            return out;
        } finally {
            if (!done) {
                out.release();
            }
        }
    }
}
