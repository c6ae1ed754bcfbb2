package dev.berth.reconciler.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What happened, in order: the last of it as text, all of it as a number. */
final class Trace {
    private static final int LAST = Integer.getInteger("berth.simulation.trace", 60);

    private final Deque<Entry> last = new ArrayDeque<>();
    private String before = "";
    private long hash;

    private record Entry(long nanos, String thread, Object what, String how) {
        @Override
        public String toString() {
            return "%9.3f s  %s: %s%s"
                    .formatted(Duration.ofNanos(nanos).toMillis() / 1000.0, thread, what, how);
        }
    }

    void add(long nanos, Object what, String how) {
        String thread = Thread.currentThread().getName();
        hash = hash * 31 + nanos;
        String line = what + how;
        hash = hash * 31 + line.hashCode();
        if (line.equals(before)) {
            return; // it waits
        }
        before = line;
        if (last.size() == LAST) {
            last.removeFirst();
        }
        last.add(new Entry(nanos, thread.isEmpty() ? "worker" : thread, what, how));
    }

    long hash() {
        return hash;
    }

    List<String> lines() {
        return last.stream().map(Entry::toString).toList();
    }
}
