package dev.berth.reconciler.source;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;

/**
 * Finds symlinks that lead out of a directory, also by way of other symlinks in it.
 *
 * @param targets key: path of a symlink, relative to the directory; value: its target
 */
record SymlinkCheck(Map<String, String> targets) {
    /** As many as Linux follows; a longer chain or a loop leads nowhere. */
    private static final int MOST_HOPS = 40;

    SymlinkCheck {
        targets = Map.copyOf(targets);
    }

    /** True when following the symlink at a path would leave the directory. */
    boolean leavesDirectory(String path) {
        Deque<String> at = new ArrayDeque<>();
        Deque<String> todo = new ArrayDeque<>(segments(path));
        int hops = 0;
        while (!todo.isEmpty()) {
            String segment = todo.removeFirst();
            if (segment.equals("..")) {
                if (at.pollLast() == null) {
                    return true;
                }
                continue;
            }
            at.addLast(segment);
            String target = targets.get(String.join("/", at));
            if (target == null) {
                continue;
            }
            if (target.startsWith("/")) {
                return true;
            }
            if (++hops > MOST_HOPS) {
                return false;
            }
            at.removeLast();
            segments(target).descendingIterator().forEachRemaining(todo::addFirst);
        }
        return false;
    }

    private static Deque<String> segments(String path) {
        Deque<String> segments = new ArrayDeque<>(Arrays.asList(path.split("/")));
        segments.removeIf(segment -> segment.isEmpty() || segment.equals("."));
        return segments;
    }
}
