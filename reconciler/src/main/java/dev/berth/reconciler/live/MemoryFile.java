package dev.berth.reconciler.live;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.WholeFile;
import dev.berth.schemas.Json;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory in one file, replaced whole. One that can't be read counts as none. */
public final class MemoryFile implements Recollection {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryFile.class);

    private final Path file;
    private final UnaryOperator<String> cleaner;

    /**
     * @param file made, with its directory, when there is something to remember
     * @param cleaner takes values of secrets out of words for people
     */
    public MemoryFile(Path file, UnaryOperator<String> cleaner) {
        this.file = file;
        this.cleaner = cleaner;
    }

    @Override
    public Memory recall() {
        try {
            Memory memory = Json.read(Files.readString(file), Memory.class);
            memory.requireKnownIds();
            return memory;
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(file)) {
                LOG.warn("{} can't be read; what failed is tried anew: {}", file, e.getMessage());
            }
            return Memory.EMPTY;
        }
    }

    @Override
    public void remember(Memory memory) throws ReconcileException.Transient {
        try {
            WholeFile.write(file, Json.write(memory.cleaned(cleaner)));
        } catch (IOException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.DiskFull,
                    "can't write %s (%s): free space or fix its permissions; until then a restart forgets what failed"
                            .formatted(file, e),
                    e);
        }
    }
}
