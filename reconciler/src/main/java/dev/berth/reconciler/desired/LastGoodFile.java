package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the memory in one file, {@code last-good.json}, replaced whole: written beside, synced and
 * renamed, so a crash leaves the old one or the new one. A file that can't be read counts as none.
 */
public final class LastGoodFile implements LastGood {
    private static final Logger LOG = LoggerFactory.getLogger(LastGoodFile.class);

    private final Object lock = new Object();
    private final Path file;
    private @Nullable Memory memory;
    private boolean saved;

    /**
     * @param directory made when it is missing
     */
    public LastGoodFile(Path directory) {
        this.file = directory.resolve("last-good.json");
    }

    @Override
    public Memory recall() {
        synchronized (lock) {
            Memory known = memory;
            if (known == null) {
                known = read();
                memory = known;
                saved = true;
            }
            return known;
        }
    }

    @Override
    public void remember(Memory next) throws ReconcileException.Transient {
        synchronized (lock) {
            if (saved && next.equals(recall())) {
                return;
            }
            memory = next;
            saved = false;
            try {
                WholeFile.write(file, Json.write(next));
                saved = true;
            } catch (IOException e) {
                throw new ReconcileException.Transient(
                        ReasonCode.DiskFull,
                        "can't write %s (%s): free space or fix its permissions; until then a restart forgets the last right version of wrong documents"
                                .formatted(file, e),
                        e);
            }
        }
    }

    private Memory read() {
        try {
            return Json.read(Files.readString(file), Memory.class);
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(file)) {
                LOG.warn("{} can't be read, going on without it: {}", file, e.getMessage());
            }
            return Memory.EMPTY;
        }
    }
}
