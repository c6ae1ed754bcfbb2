package dev.berth.reconciler.engine;

import java.util.ArrayDeque;
import java.util.List;

/** Remembers the last lines of an output, of each its beginning. Thread-safe. */
final class LastLines {
    private static final int LETTERS = 4096;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final int most;

    LastLines(int most) {
        this.most = most;
    }

    synchronized void add(String line) {
        lines.addLast(line.substring(0, Math.min(LETTERS, line.length())));
        if (lines.size() > most) {
            lines.removeFirst();
        }
    }

    synchronized List<String> list() {
        return List.copyOf(lines);
    }
}
