package dev.berth.reconciler.source;

import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps {@link Trust} over restarts, in one file beside the local copy; replaced whole. The file
 * missing means that nothing was followed yet. One that can't be read is never taken for missing:
 * that would let the next commit choose its own rules.
 */
record TrustFile(Path path) {
    /**
     * What was kept; {@code null} if nothing ever was.
     *
     * @throws StoreFault if the file is there and can't be read
     */
    @Nullable Trust read() throws StoreFault {
        if (Files.notExists(path)) {
            return null;
        }
        try {
            return Json.read(Files.readString(path), Trust.class);
        } catch (IOException | IllegalArgumentException e) {
            throw new StoreFault(
                    "%s says who may sign commits and can't be read; mend it, or remove it to trust the repo as it stands now"
                            .formatted(path),
                    e);
        }
    }

    /**
     * Replaces what is kept.
     *
     * @throws StoreFault if that can't be written
     */
    void write(Trust trust) throws StoreFault {
        try {
            WholeFile.write(path, Json.write(trust));
        } catch (IOException e) {
            throw new StoreFault("%s can't be written".formatted(path), e);
        }
    }
}
