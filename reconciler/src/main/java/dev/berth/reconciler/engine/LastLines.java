package dev.berth.reconciler.engine;

import java.util.ArrayDeque;
import java.util.List;

/** Remembers the last lines of an output. Thread-safe. */
final class LastLines {
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final int most;

    LastLines(int most) {
        this.most = most;
    }

    synchronized void add(String line) {
        lines.addLast(line);
        if (lines.size() > most) {
            lines.removeFirst();
        }
    }

    synchronized List<String> list() {
        return List.copyOf(lines);
    }
}
