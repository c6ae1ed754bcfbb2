package dev.berth.reconciler.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines at LF, CR or CRLF; malformed UTF-8 becomes U+FFFD, and what goes over 4 KiB
 * in a line is dropped. Not thread-safe.
 */
final class OutputLines {
    private static final int MAX_LINE = 4096;

    private final Consumer<String> onLine;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean afterReturn;

    OutputLines(Consumer<String> onLine) {
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
            } else if (!end && line.size() < MAX_LINE) {
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
        onLine.accept(line.toString(StandardCharsets.UTF_8));
        line.reset();
    }
}
