package dev.berth.reconciler.lease;

import dev.berth.reconciler.disk.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A home that this process alone works with, and its id. The kernel gives the lock back when the
 * process ends, however it does. So whoever has the id of a home has no living predecessor.
 */
public final class HomeLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HomeLock.class);

    /** Beside the id: where the home was when it got it. */
    private static final String PLACE = "id-place";

    private static final Path MACHINE = Path.of("/etc/machine-id");

    private final String id;
    private final @Nullable FileChannel channel;

    private HomeLock(String id, @Nullable FileChannel channel) {
        this.id = id;
        this.channel = channel;
    }

    /**
     * Takes the home for this process. On a disk that can't be written there is neither a lock nor
     * an id that lasts: then it is as a home of its own.
     *
     * @throws IllegalStateException if another process has it; the message says what to do
     */
    public static HomeLock take(Path home) {
        Path file = home.resolve("run").resolve("control.lock");
        try {
            Files.createDirectories(home.resolve("run"));
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new IllegalStateException(
                        "another Berth runs with the home %s: end it, or give this one a BERTH_HOME of its own"
                                .formatted(home));
            }
            return new HomeLock(idOf(home, channel), channel);
        } catch (IOException e) {
            String id = UUID.randomUUID().toString();
            LOG.warn(
                    "{} can't be locked; this Berth takes part as home {}: {}",
                    file,
                    id,
                    e.getMessage());
            return new HomeLock(id, null);
        }
    }

    private static String idOf(Path home, FileChannel channel) throws IOException {
        try {
            return id(home);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // this very process has it
        }
    }

    /** A copy of a home is another home: with one id, both would take the other's for their own. */
    private static String id(Path home) throws IOException {
        Path file = home.resolve("id");
        String id = text(file);
        String place = place(home);
        String known = text(home.resolve(PLACE));
        if (id.isEmpty() || !(known.isEmpty() || known.equals(place))) {
            if (!id.isEmpty()) {
                LOG.info("{} is a copy of the home {}; it gets an id of its own", home, id);
            }
            id = UUID.randomUUID().toString();
            WholeFile.write(file, id + "\n");
        }
        if (!known.equals(place)) {
            keep(home.resolve(PLACE), place);
        }
        return id;
    }

    /** Not worth an id of its own each time: a disk that is full has room again. */
    private static void keep(Path file, String place) {
        try {
            WholeFile.write(file, place + "\n");
        } catch (IOException e) {
            LOG.warn(
                    "{} can't be written, so a copy of this home is not known for one: {}",
                    file,
                    e.toString());
        }
    }

    /**
     * What a copy differs in. Not the number of the device: that may be another after each start of
     * the machine.
     */
    private static String place(Path home) throws IOException {
        return "inode %s of machine %s"
                .formatted(
                        Files.getAttribute(home, "unix:ino"),
                        Files.isReadable(MACHINE) ? text(MACHINE) : "unknown");
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /** No other home has it. */
    public String id() {
        return id;
    }

    /** Lets another process have the home. */
    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
