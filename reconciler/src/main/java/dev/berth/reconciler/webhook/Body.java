package dev.berth.reconciler.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The body of a delivery: held once, as it came, for as long as this is open. */
final class Body implements AutoCloseable {
    /** No forge sends more. */
    static final long MOST = 25L << 20;

    private static final int PIECE = 64 << 10;

    private final Room room;
    private final List<byte[]> pieces = new ArrayList<>();
    private long length;

    private Body(Room room) {
        this.room = room;
    }

    /** The memory that all bodies together may take. Thread-safe. */
    static final class Room {
        private final long bytes;
        private final AtomicLong taken = new AtomicLong();

        Room(long bytes) {
            this.bytes = bytes;
        }

        private boolean take(long more) {
            if (taken.addAndGet(more) <= bytes) {
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
        NO_ROOM
    }

    /** One that nothing was read of yet. */
    static Body in(Room room) {
        return new Body(room);
    }

    /** Reads all there is, and shows it to the check on the way. */
    End read(InputStream from, SignatureCheck check) throws IOException {
        while (true) {
            if (!room.take(PIECE)) {
                return End.NO_ROOM;
            }
            byte[] piece = new byte[PIECE];
            pieces.add(piece);
            int read = from.readNBytes(piece, 0, PIECE);
            length += read;
            if (length > MOST) {
                return End.TOO_LARGE;
            }
            check.update(piece, read);
            if (read < PIECE) {
                return End.WHOLE;
            }
        }
    }

    /** From its beginning. */
    InputStream stream() {
        List<InputStream> parts = new ArrayList<>();
        long left = length;
        for (byte[] piece : pieces) {
            parts.add(new ByteArrayInputStream(piece, 0, (int) Math.min(left, PIECE)));
            left -= Math.min(left, PIECE);
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    @Override
    public void close() {
        room.giveBack((long) pieces.size() * PIECE);
        pieces.clear();
    }
}
