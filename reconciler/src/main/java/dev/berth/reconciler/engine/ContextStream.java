package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A build context as a stream to read: written on a virtual thread while it is read. When the
 * writing fails, reading fails too, so that half a context never looks like a whole one.
 */
final class ContextStream extends InputStream {
    private static final int BUFFER = 64 * 1024;

    private final PipedInputStream pipe = new PipedInputStream(BUFFER);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closed;

    ContextStream(ImageBuild.Context context) throws IOException {
        PipedOutputStream out = new PipedOutputStream(pipe);
        Thread.ofVirtual().name("build context").start(() -> write(context, out));
    }

    /**
     * Throws what kept the context from being written, if anything did.
     *
     * @throws ReconcileException what the context threw
     */
    void throwFailure() throws ReconcileException {
        switch (failure.get()) {
            case ReconcileException known -> throw known;
            case RuntimeException bug -> throw bug;
            case Error bug -> throw bug;
            case null, default -> {}
        }
    }

    @Override
    public int read() throws IOException {
        return checked(pipe.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return checked(pipe.read(bytes, offset, length));
    }

    @Override
    public int available() throws IOException {
        return pipe.available();
    }

    /** Ends the writing too. */
    @Override
    public void close() throws IOException {
        closed = true;
        pipe.close();
    }

    private int checked(int read) throws IOException {
        Throwable broken = failure.get();
        if (read < 0 && broken != null) {
            throw new IOException("the build context could not be written", broken);
        }
        return read;
    }

    private void write(ImageBuild.Context context, PipedOutputStream out) {
        try (out) {
            try {
                context.writeTo(out);
            } catch (Throwable e) {
                // Before the pipe's end is written, so that the reader sees it.
                failed(e);
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        if (!closed) {
            failure.compareAndSet(null, e);
        }
    }
}
