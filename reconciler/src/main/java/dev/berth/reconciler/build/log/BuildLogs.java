package dev.berth.reconciler.build.log;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildLogReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What builds wrote: a file each, of lines of UTF-8, which grows while the build goes on and stays
 * as it is then. Whoever reads gets the same bytes, at once or live. Nothing is ever between a
 * build and its end: a log that can't be written says so in the log of control, and the build goes
 * on. Thread-safe.
 */
public final class BuildLogs implements BuildLogReader {
    /** Of one log so much is kept: a build that writes for ever may not fill the disk. */
    public static final long MOST_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(BuildLogs.class);
    private static final String SUFFIX = ".log";
    private static final int PIECE_BYTES = 64 << 10;
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,120}(\\.[a-z0-9-]{1,40})?");
    private static final byte[] TOO_MUCH =
            "[Berth: what comes after is too much to keep]\n".getBytes(StandardCharsets.UTF_8);

    private final Path directory;
    private final UnaryOperator<String> cleaner;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<String, Open> open = new HashMap<>();

    /**
     * Logs in a directory, which is made when the first is written.
     *
     * @param cleaner takes out of a line what nobody may read
     */
    public BuildLogs(Path directory, UnaryOperator<String> cleaner) {
        this.directory = directory;
        this.cleaner = cleaner;
    }

    /**
     * Where the lines of a build go, until it is closed as often as it was opened: an attempt may
     * begin while the one before is not quite gone. Thread-safe.
     */
    public final class Open implements AutoCloseable {
        private final String build;
        private final @Nullable FileOutputStream file; // a channel is closed by an interrupt
        private int writers = 1;
        private long size;
        private boolean failing;

        private Open(String build, @Nullable FileOutputStream file, long size) {
            this.build = build;
            this.file = file;
            this.size = size;
        }

        /** Adds a line. */
        public void line(String line) {
            byte[] bytes = (cleaner.apply(line) + "\n").getBytes(StandardCharsets.UTF_8);
            lock.lock();
            try {
                if (file != null && size < MOST_BYTES) {
                    add(file, bytes);
                }
            } finally {
                lock.unlock();
            }
        }

        private void add(FileOutputStream to, byte[] bytes) {
            try {
                to.write(bytes);
                size += bytes.length;
                if (size >= MOST_BYTES) {
                    to.write(TOO_MUCH);
                    size += TOO_MUCH.length;
                }
                news.signalAll();
            } catch (IOException e) {
                if (!failing) {
                    LOG.warn("the log of build {} can't be written: {}", build, e.toString());
                }
                failing = true;
            }
        }

        /** Nothing more comes from who opened it. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (--writers > 0) {
                    return;
                }
                open.remove(build, this);
                news.signalAll();
                if (file != null) {
                    file.getFD().sync();
                    file.close();
                }
            } catch (IOException e) {
                LOG.warn("the log of build {} can't be closed: {}", build, e.toString());
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Begins a log, or goes on with the one of an earlier attempt. What that has written goes when
     * it is much: a build may be tried for days.
     */
    public Open open(String build) {
        lock.lock();
        try {
            Open known = open.get(build);
            if (known != null) {
                known.writers++;
                return known;
            }
            Open log = openFile(build);
            open.put(build, log);
            return log;
        } finally {
            lock.unlock();
        }
    }

    private Open openFile(String build) {
        try {
            Files.createDirectories(directory);
            long size = endLastLine(build);
            boolean anew = size > MOST_BYTES / 2;
            Open log =
                    new Open(
                            build,
                            new FileOutputStream(path(build).toFile(), !anew),
                            anew ? 0 : size);
            if (anew) {
                log.line(
                        "[Berth: earlier attempts wrote %d MiB, which are gone]"
                                .formatted(size >> 20));
            }
            return log;
        } catch (IOException | UnavailableException e) {
            LOG.warn("the log of build {} can't be written: {}", build, e.toString());
            return new Open(build, null, 0);
        }
    }

    /** Control may have ended in the middle of one. */
    private long endLastLine(String build) throws IOException, UnavailableException {
        long size = Files.exists(path(build)) ? Files.size(path(build)) : 0;
        if (startsLine(build, size)) {
            return size;
        }
        Files.writeString(path(build), "\n", StandardOpenOption.APPEND);
        return size + 1;
    }

    @Override
    public boolean has(String build) {
        return Files.exists(path(build));
    }

    /** Builds of which there are logs that nobody has written to since then. */
    public List<String> quietSince(Instant since) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .filter(file -> file.toFile().lastModified() < since.toEpochMilli())
                    .map(file -> file.getFileName().toString())
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .toList();
        } catch (IOException _) {
            return List.of(); // nothing was written yet
        }
    }

    @Override
    public Piece read(String build, long from, Duration wait)
            throws UnavailableException, InterruptedException {
        long begin = startsLine(build, from) ? from : 0;
        boolean growing = awaitMore(build, begin, wait);
        long place = startsLine(build, begin) ? begin : 0; // it may have been begun anew
        byte[] lines = lines(build, place);
        return new Piece(new String(lines, StandardCharsets.UTF_8), place + lines.length, growing);
    }

    @Override
    public Piece tail(String build, int bytes) throws UnavailableException {
        try (FileChannel file = FileChannel.open(path(build), StandardOpenOption.READ)) {
            long size = file.size();
            long from = Math.max(0, size - bytes);
            byte[] last = read(file, from, bytes);
            int begin = from == 0 ? 0 : firstLineEnd(last);
            int end = Math.max(begin, lastLineEnd(last));
            String text = new String(last, begin, end - begin, StandardCharsets.UTF_8);
            return new Piece(text, from + end, isOpen(build));
        } catch (NoSuchFileException _) {
            return new Piece("", 0, isOpen(build));
        } catch (IOException e) {
            throw unreadable(build, e);
        }
    }

    private boolean isOpen(String build) {
        lock.lock();
        try {
            return open.containsKey(build);
        } finally {
            lock.unlock();
        }
    }

    private static int firstLineEnd(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return Math.min(bytes.length, end + 1);
    }

    @Override
    public void copyTo(String build, OutputStream out) throws IOException {
        try (InputStream file = Files.newInputStream(path(build))) {
            file.transferTo(out);
        } catch (NoSuchFileException _) {
            // nothing was written
        }
    }

    /** Removes logs, as far as that can be done now. */
    public void forget(Collection<String> builds) {
        for (String build : builds) {
            try {
                Files.deleteIfExists(path(build));
            } catch (IOException e) {
                LOG.warn("the log of build {} can't be removed: {}", build, e.toString());
            }
        }
    }

    private boolean awaitMore(String build, long from, Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            Open log = open.get(build);
            while (log != null && log.size == from && left > 0) {
                left = news.awaitNanos(left);
                log = open.get(build);
            }
            return log != null;
        } finally {
            lock.unlock();
        }
    }

    private boolean startsLine(String build, long from) throws UnavailableException {
        if (from <= 0) {
            return from == 0;
        }
        try (FileChannel file = FileChannel.open(path(build), StandardOpenOption.READ)) {
            ByteBuffer before = ByteBuffer.allocate(1);
            return file.read(before, from - 1) == 1 && before.get(0) == '\n';
        } catch (NoSuchFileException _) {
            return false;
        } catch (IOException e) {
            throw unreadable(build, e);
        }
    }

    /** As many whole lines as fit, or one. */
    private byte[] lines(String build, long from) throws UnavailableException {
        try (FileChannel file = FileChannel.open(path(build), StandardOpenOption.READ)) {
            int want = PIECE_BYTES;
            while (true) {
                byte[] bytes = read(file, from, want);
                int end = lastLineEnd(bytes);
                if (end > 0 || bytes.length < want) {
                    return Arrays.copyOf(bytes, end);
                }
                want *= 2;
            }
        } catch (NoSuchFileException _) {
            return new byte[0];
        } catch (IOException e) {
            throw unreadable(build, e);
        }
    }

    private static byte[] read(FileChannel file, long from, int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(file.size() - from, 0, most));
        while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) > 0) {}
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    private static int lastLineEnd(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static UnavailableException unreadable(String build, IOException e) {
        return new UnavailableException("The log of build %s can't be read".formatted(build), e);
    }

    private Path path(String build) {
        if (!NAME.matcher(build).matches()) {
            throw new IllegalArgumentException("no build is called " + build);
        }
        return directory.resolve(build + SUFFIX);
    }
}
