package dev.berth.reconciler.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file as a whole: who reads it, also after a crash or on a full disk, finds the old
 * text or the new one. Thread-safe for different files.
 */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes beside the file, and takes its place once that has reached the disk. Missing
     * directories are made.
     *
     * @param text stored as UTF-8
     * @throws IOException if it can't be written; then the file is as it was
     */
    public static void write(Path file, String text) throws IOException {
        Path whole = file.toAbsolutePath();
        Path next = whole.resolveSibling(whole.getFileName() + ".tmp");
        Path directory = whole.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        try (FileChannel channel =
                FileChannel.open(
                        next,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                next, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
