package dev.berth.reconciler.cleanup.work;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.ImageNotes;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The notes in one file, replaced whole. One that can't be read counts as none. */
public final class ImageNotesFile implements NotesStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageNotesFile.class);

    private final Path file;

    /**
     * @param file made, with its directory, when there is something to remember
     */
    public ImageNotesFile(Path file) {
        this.file = file;
    }

    @Override
    public ImageNotes recall() {
        try {
            return Objects.requireNonNull(
                    Json.read(Files.readString(file), ImageNotes.class), "null");
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            if (Files.exists(file)) {
                LOG.warn(
                        "{} can't be read; images that were pulled stay on the engine: {}",
                        file,
                        e.getMessage());
            }
            return ImageNotes.NONE;
        }
    }

    @Override
    public void remember(ImageNotes notes) throws ReconcileException.Transient {
        try {
            WholeFile.write(file, Json.write(notes));
        } catch (IOException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.DiskFull,
                    "can't write %s (%s): free space or fix its permissions; until then images stay longer on the engine"
                            .formatted(file, e),
                    e);
        }
    }
}
