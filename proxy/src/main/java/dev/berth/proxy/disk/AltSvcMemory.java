package dev.berth.proxy.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers beyond the end of a process that clients were told of HTTP/3: they look for it as long
 * as they were told to, whether it is still switched on or not. A file says {@code offered}, or
 * since when it is not any more. Where it cannot be written or read, clients find out by
 * themselves. One thread at a time.
 */
public final class AltSvcMemory {
    private static final Logger LOG = LoggerFactory.getLogger(AltSvcMemory.class);
    private static final String OFFERED = "offered";

    private final Path file;
    private final Duration remembered;
    private final InstantSource clock;

    /**
     * In this file, which need not be there.
     *
     * @param remembered how long clients believe what they were told
     */
    public AltSvcMemory(Path file, Duration remembered, InstantSource clock) {
        this.file = file;
        this.remembered = remembered;
        this.clock = clock;
    }

    /** Clients are told from now on. */
    public void offered() {
        write(OFFERED);
    }

    /** Clients are not told any more: whether there may be some that still believe it. */
    public boolean believed() {
        try {
            if (!Files.exists(file)) {
                return false;
            }
            String text = Files.readString(file).strip();
            if (text.equals(OFFERED)) {
                write(clock.instant().toString());
                return true;
            }
            if (Instant.parse(text).plus(remembered).isAfter(clock.instant())) {
                return true;
            }
            Files.delete(file);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be used ({}): delete it if this stays", file, e.toString());
        }
        return false;
    }

    private void write(String text) {
        try {
            PrivateFile.write(file, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written ({}): when HTTP/3 is switched off, clients that were told"
                            + " of it are not told so",
                    file,
                    e.toString());
        }
    }
}
