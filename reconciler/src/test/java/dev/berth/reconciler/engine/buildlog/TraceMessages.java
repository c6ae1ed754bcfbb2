package dev.berth.reconciler.engine.buildlog;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes messages of BuildKit's trace, as the engine sends them. */
public final class TraceMessages {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A step. */
    public static byte[] vertex(
            String digest,
            String name,
            boolean cached,
            @Nullable Instant started,
            @Nullable Instant completed,
            String error) {
        TraceMessages vertex = new TraceMessages().field(1, digest).field(3, name);
        if (cached) {
            vertex.number(4, 1);
        }
        if (started != null) {
            vertex.field(5, time(started));
        }
        if (completed != null) {
            vertex.field(6, time(completed));
        }
        if (!error.isEmpty()) {
            vertex.field(7, error);
        }
        return new TraceMessages().field(1, vertex.bytes()).bytes();
    }

    /** A piece of a step's output. */
    public static byte[] output(String vertex, Instant at, byte[] piece) {
        TraceMessages log =
                new TraceMessages()
                        .field(1, vertex)
                        .field(2, time(at))
                        .number(3, 1)
                        .field(4, piece);
        return new TraceMessages().field(3, log.bytes()).bytes();
    }

    private static byte[] time(Instant time) {
        return new TraceMessages()
                .number(1, time.getEpochSecond())
                .number(2, time.getNano())
                .bytes();
    }

    private TraceMessages number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private TraceMessages field(int field, String text) {
        return field(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private TraceMessages field(int field, byte[] bytes) {
        varint(((long) field << 3) | 2);
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private byte[] bytes() {
        return out.toByteArray();
    }
}
