package dev.berth.proxy.control;

import dev.berth.proxy.disk.PrivateFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good snapshot on disk: what an edge serves that starts while control is down. A crash
 * leaves either the old file or the new one, and the one before stays beside it, for a disk that
 * has lost or garbled the newest. It holds private keys: only the owner may read it. One thread at
 * a time.
 */
final class SnapshotFile {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFile.class);

    private final Path file;
    private final Path previous;
    private @Nullable Snapshot unwritten;
    private volatile @Nullable String problem;

    SnapshotFile(Path file) {
        this.file = file;
        this.previous = file.resolveSibling(file.getFileName() + ".previous");
    }

    /**
     * The snapshots that can be read, the newest first; says in the log what is wrong with others.
     */
    List<Snapshot> read() {
        if (!Files.exists(file) && !Files.exists(previous)) {
            LOG.info("no snapshot at {} yet: serving nothing until control sends one", file);
        }
        return Stream.of(file, previous)
                .map(SnapshotFile::read)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    private static @Nullable Snapshot read(Path path) {
        try {
            return Json.read(Files.readString(path), Snapshot.class);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | IllegalArgumentException e) {
            LOG.error(
                    "the snapshot at {} cannot be used ({}): serving an older one, if there is one,"
                            + " until control sends the newest",
                    path,
                    e.getMessage());
            return null;
        }
    }

    /** Writes the snapshot, now or, if the disk refuses it, at a later {@link #retry}. */
    void write(Snapshot snapshot) {
        unwritten = snapshot;
        retry();
    }

    /** Tries again what could not be written. */
    void retry() {
        Snapshot snapshot = unwritten;
        if (snapshot == null) {
            return;
        }
        try {
            setAside();
            PrivateFile.write(file, Json.write(snapshot).getBytes(StandardCharsets.UTF_8));
            unwritten = null;
            if (problem != null) {
                problem = null;
                LOG.info("the snapshot is written to {} again", file);
            }
        } catch (IOException e) {
            String text = "the snapshot cannot be written to " + file + ": " + reason(e);
            if (problem == null) {
                LOG.error("{}; routes are served from memory", text);
            }
            problem = text;
        }
    }

    /** By a link, so that there is no moment without a file; a disk may know none. */
    private void setAside() {
        Path link = previous.resolveSibling(previous.getFileName() + ".new");
        try {
            Files.deleteIfExists(link);
            Files.createLink(link, file);
            Files.move(link, previous, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("no older snapshot is kept", e);
        }
    }

    /** Why the newest snapshot is not on disk; {@code null} when it is. */
    @Nullable String problem() {
        return problem;
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
