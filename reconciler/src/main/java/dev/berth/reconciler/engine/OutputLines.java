package dev.berth.reconciler.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Cuts bytes into lines at LF, CR or CRLF; malformed UTF-8 becomes U+FFFD, and what goes over the
 * most that a line may have is dropped, which the line says. Not thread-safe.
 */
final class OutputLines {
    /** Bytes of a line that is only told. */
    static final int TOLD = 4 << 10;

    /** Bytes of a line that is kept: all of it, but for one that never ends. */
    static final int KEPT = 1 << 20;

    /** More than a line has: a secret that stands across the cut is to be found whole. */
    private static final int MORE = 64 << 10;

    private final int most;
    private final UnaryOperator<String> quiet;
    private final Consumer<String> onLine;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long dropped;
    private boolean afterReturn;

    OutputLines(int most, Consumer<String> onLine) {
        this(most, UnaryOperator.identity(), onLine);
    }

    /**
     * @param most bytes of a line
     * @param quiet takes out of a line what is not to be told
     */
    OutputLines(int most, UnaryOperator<String> quiet, Consumer<String> onLine) {
        this.most = most;
        this.quiet = quiet;
        this.onLine = onLine;
    }

    void add(String text) {
        add(text.getBytes(StandardCharsets.UTF_8));
    }

    void add(byte[] bytes) {
        for (byte b : bytes) {
            boolean end = b == '\n' || b == '\r';
            if (end && !(b == '\n' && afterReturn)) {
                flush();
            } else if (!end && line.size() < most + MORE) {
                line.write(b);
            } else if (!end) {
                dropped++;
            }
            afterReturn = b == '\r';
        }
    }

    /** Ends a last line that has no line end. */
    void end() {
        if (line.size() > 0) {
            flush();
        }
    }

    private void flush() {
        String whole = quiet.apply(line.toString(StandardCharsets.UTF_8));
        int over = Math.max(0, whole.length() - most);
        onLine.accept(
                over == 0
                        ? whole
                        : "%s [Berth: %d more]"
                                .formatted(whole.substring(0, most), over + dropped));
        line.reset();
        dropped = 0;
    }
}
