package dev.berth.reconciler.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Cuts bytes into lines at LF, CR or CRLF; malformed UTF-8 becomes U+FFFD, and what goes over
 * {@value #MAX_LINE} letters in a line is dropped. Not thread-safe.
 */
final class OutputLines {
    private static final int MAX_LINE = 4096;

    /** More than a line has: a secret that stands across the cut is to be found whole. */
    private static final int MAX_LOOKED_AT = 16 * MAX_LINE;

    private final UnaryOperator<String> quiet;
    private final Consumer<String> onLine;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean afterReturn;

    OutputLines(Consumer<String> onLine) {
        this(UnaryOperator.identity(), onLine);
    }

    /**
     * @param quiet takes out of a line what is not to be told
     */
    OutputLines(UnaryOperator<String> quiet, Consumer<String> onLine) {
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
            } else if (!end && line.size() < MAX_LOOKED_AT) {
                line.write(b);
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
        onLine.accept(whole.substring(0, Math.min(MAX_LINE, whole.length())));
        line.reset();
    }
}
