package dev.berth.reconciler.engine.buildlog;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads what BuildKit says about a running build: messages {@code StatusResponse} of {@code
 * api/services/control/control.proto} of BuildKit, which the engine sends as {@code
 * moby.buildkit.trace}. Unknown fields are passed over, so that later versions can be read.
 */
public final class BuildTrace {
    private static final int VERTEXES = 1;
    private static final int LOGS = 3;

    private BuildTrace() {}

    /** A step as it is now; told again whenever that changes. */
    public record Vertex(
            String digest,
            String name,
            boolean cached,
            @Nullable Instant started,
            @Nullable Instant completed,
            String error) {}

    /** Is told what is in a message, in its order. */
    public interface Listener {
        void vertex(Vertex vertex);

        /**
         * A piece of a step's output, which may begin and end in mid-line, and in mid-character.
         *
         * @param vertex digest of the step
         * @param at when it was written; the epoch if not said
         */
        void output(String vertex, Instant at, byte[] piece);
    }

    /**
     * Reads one message.
     *
     * @throws IllegalArgumentException if it is malformed; what came before was told
     */
    public static void read(byte[] message, Listener listener) {
        WireFields fields = new WireFields(message);
        while (fields.next()) {
            switch (fields.number()) {
                case VERTEXES -> listener.vertex(vertex(fields.bytes()));
                case LOGS -> output(fields.bytes(), listener);
                default -> {}
            }
        }
    }

    private static Vertex vertex(byte[] message) {
        WireFields fields = new WireFields(message);
        String digest = "";
        String name = "";
        boolean cached = false;
        Instant started = null;
        Instant completed = null;
        String error = "";
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> digest = fields.text();
                case 3 -> name = fields.text();
                case 4 -> cached = fields.varint() != 0;
                case 5 -> started = time(fields.bytes());
                case 6 -> completed = time(fields.bytes());
                case 7 -> error = fields.text();
                default -> {}
            }
        }
        return new Vertex(digest, name, cached, started, completed, error);
    }

    private static void output(byte[] message, Listener listener) {
        WireFields fields = new WireFields(message);
        String vertex = "";
        Instant at = Instant.EPOCH;
        byte[] piece = new byte[0];
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> vertex = fields.text();
                case 2 -> at = time(fields.bytes());
                case 4 -> piece = fields.bytes();
                default -> {}
            }
        }
        listener.output(vertex, at, piece);
    }

    private static Instant time(byte[] message) {
        WireFields fields = new WireFields(message);
        long seconds = 0;
        long nanos = 0;
        while (fields.next()) {
            switch (fields.number()) {
                case 1 -> seconds = fields.varint();
                case 2 -> nanos = fields.varint();
                default -> {}
            }
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("no time", e);
        }
    }
}
