package dev.berth.proxy.control;

import dev.berth.proxy.disk.PrivateFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good snapshot on disk: what an edge serves that starts while control is down. A crash
 * leaves either the old file or the new one. It holds private keys: only the owner may read it. One
 * thread at a time.
 */
final class SnapshotFile {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFile.class);

    private final Path file;
    private @Nullable Snapshot unwritten;
    private @Nullable String problem;

    SnapshotFile(Path file) {
        this.file = file;
    }

    /** The snapshot, or {@code null} when there is none that can be used; says why in the log. */
    @Nullable Snapshot read() {
        try {
            return Json.read(Files.readString(file), Snapshot.class);
        } catch (NoSuchFileException e) {
            LOG.info("no snapshot at {} yet: serving nothing until control sends one", file);
        } catch (IOException | IllegalArgumentException e) {
            LOG.error(
                    "the snapshot at {} cannot be used ({}): serving nothing until control sends"
                            + " one",
                    file,
                    e.getMessage());
        }
        return null;
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

    /** Why the newest snapshot is not on disk; {@code null} when it is. */
    @Nullable String problem() {
        return problem;
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
