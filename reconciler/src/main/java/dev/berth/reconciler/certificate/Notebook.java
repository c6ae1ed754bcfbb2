package dev.berth.reconciler.certificate;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notes of a keeper, and the file that has them over restarts. Thread-safe; a look or a change
 * waits for no disk.
 */
final class Notebook {
    private static final Logger LOG = LoggerFactory.getLogger(Notebook.class);

    private final Path file;
    private final Object writing = new Object(); // before this

    // Guarded by this.
    private Notes notes;

    // Guarded by writing.
    private Notes saved;
    private boolean closed;

    /** That of a file; empty if there is none, or none that can be read. */
    Notebook(Path file) {
        this.file = file;
        this.notes = read(file);
        this.saved = notes;
    }

    private static Notes read(Path file) {
        try {
            return Json.read(Files.readString(file), Notes.class);
        } catch (IOException | RuntimeException e) { // whatever is wrong with it
            if (Files.exists(file)) {
                LOG.warn("{} can't be read, certificates are tried anew: {}", file, e.getMessage());
            }
            return Notes.NONE;
        }
    }

    /** As they are now, on disk or not. */
    synchronized Notes now() {
        return notes;
    }

    /** They are so from now on. */
    synchronized void change(UnaryOperator<Notes> to) {
        notes = to.apply(notes);
    }

    /**
     * Returns once they are on disk.
     *
     * @throws IOException if they can't be, or nothing is written any more; they stay as they are
     */
    void save() throws IOException {
        synchronized (writing) {
            if (closed) {
                throw new IOException("the process ends");
            }
            write();
        }
    }

    private void write() throws IOException {
        Notes now = now();
        if (!now.equals(saved)) {
            WholeFile.write(file, Json.write(now));
            saved = now;
        }
    }

    /** Has them on disk if that can be; else with what comes next. It costs patience only. */
    void trySave() {
        synchronized (writing) {
            try {
                if (!closed) {
                    write();
                }
            } catch (IOException e) {
                LOG.warn("can't write {}: {}", file, e.toString());
            }
        }
    }

    /** Saves, and writes nothing from then on. An interrupt would break a write off. */
    void close() {
        trySave();
        synchronized (writing) {
            closed = true;
        }
    }
}
