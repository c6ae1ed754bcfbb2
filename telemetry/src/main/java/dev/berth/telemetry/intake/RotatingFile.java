package dev.berth.telemetry.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of whole lines that is renamed away when it has grown to a size. A failure
 * (disk full, directory gone) is logged once, and opening is tried again at the next write; a line
 * that was written in part is cut off. One thread.
 */
final class RotatingFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RotatingFile.class.getName());

    private final Path path;
    private final long maxBytes;
    private final int keep;
    private @Nullable FileChannel channel;
    private long size;
    private boolean failing;

    RotatingFile(Path path, long maxBytes, int keep) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.keep = keep;
    }

    /** Appends whole lines; false if they could not be written and are lost. */
    boolean write(byte[] bytes, int length) {
        try {
            FileChannel out = current();
            try {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                size += length;
            } catch (IOException e) {
                cutOff(out, e);
                throw e;
            }
            recovered();
            return true;
        } catch (IOException | UncheckedIOException e) {
            failed(e);
            return false;
        }
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "access log %s not closed: %s".formatted(path, e));
            }
        }
    }

    private FileChannel current() throws IOException {
        if (channel != null && size >= maxBytes) {
            close();
            rotate();
        }
        FileChannel open = channel;
        if (open == null) {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            open = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            size = open.size();
            channel = open;
        }
        return open;
    }

    private void rotate() throws IOException {
        for (int i = keep; i > 0; i--) {
            Path from = i == 1 ? path : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path numbered(int i) {
        return path.resolveSibling(path.getFileName() + "." + i);
    }

    private void cutOff(FileChannel out, IOException cause) {
        try {
            out.truncate(size);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void failed(Exception cause) {
        close();
        if (!failing) {
            failing = true;
            LOG.log(
                    Level.ERROR,
                    "access log %s cannot be written, lines are dropped until it can: %s"
                            .formatted(path, cause.getMessage()));
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            LOG.log(Level.INFO, "access log %s is written again".formatted(path));
        }
    }
}
