package dev.berth.reconciler.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The body of a delivery: held once, as it came, for as long as this is open. */
final class Body implements AutoCloseable {
    /** No forge sends more. */
    static final long MOST = 25L << 20;

    /** One that is not there by then is not waited for any more. */
    static final Duration WITHIN = Duration.ofSeconds(10);

    private static final int FIRST_PIECE = 4 << 10;
    private static final int LARGEST_PIECE = 64 << 10;

    /** Most are smaller. */
    private static final int SMALL = 256 << 10;

    private final Room room;
    private final List<byte[]> pieces = new ArrayList<>();
    private long length;
    private long taken;

    private Body(Room room) {
        this.room = room;
    }

    /**
     * The memory that all bodies together may take. A fifth of it is for small ones alone: a few
     * large ones keep nobody else out. Thread-safe.
     */
    static final class Room {
        private final long bytes;
        private final AtomicLong taken = new AtomicLong();

        Room(long bytes) {
            this.bytes = bytes;
        }

        private boolean take(long more, boolean small) {
            if (taken.addAndGet(more) <= (small ? bytes : bytes - bytes / 5)) {
                return true;
            }
            taken.addAndGet(-more);
            return false;
        }

        private void giveBack(long fewer) {
            taken.addAndGet(-fewer);
        }
    }

    /** How reading a body ended. */
    enum End {
        WHOLE,
        TOO_LARGE,
        TOO_SLOW,
        NO_ROOM
    }

    /** One that nothing was read of yet. */
    static Body in(Room room) {
        return new Body(room);
    }

    /**
     * Reads all there is, and shows it to the check on the way. Takes memory only as more comes:
     * whoever sends a byte and waits holds next to nothing.
     *
     * @param nanos the time, of which only differences count
     */
    End read(InputStream from, SignatureCheck check, LongSupplier nanos) throws IOException {
        long begun = nanos.getAsLong();
        int size = FIRST_PIECE;
        while (true) {
            if (!room.take(size, taken + size <= SMALL)) {
                return End.NO_ROOM;
            }
            taken += size;
            byte[] piece = new byte[size];
            int filled = 0;
            while (filled < size) {
                int read = from.read(piece, filled, size - filled);
                if (read < 0) {
                    add(piece, filled, check);
                    return End.WHOLE;
                }
                filled += read;
                if (length + filled > MOST) {
                    return End.TOO_LARGE;
                } else if (nanos.getAsLong() - begun > WITHIN.toNanos()) {
                    return End.TOO_SLOW;
                }
            }
            add(piece, filled, check);
            size = Math.min(2 * size, LARGEST_PIECE);
        }
    }

    private void add(byte[] piece, int filled, SignatureCheck check) {
        pieces.add(filled == piece.length ? piece : Arrays.copyOf(piece, filled));
        length += filled;
        check.update(piece, filled);
    }

    /** From its beginning. */
    InputStream stream() {
        return new SequenceInputStream(
                Collections.enumeration(pieces.stream().map(ByteArrayInputStream::new).toList()));
    }

    @Override
    public void close() {
        room.giveBack(taken);
        taken = 0;
        pieces.clear();
    }
}
