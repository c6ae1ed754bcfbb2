package dev.berth.reconciler.glob;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * A pattern for paths, as Docker reads them: {@code *} and {@code ?} stay within a name, {@code **}
 * does not, {@code [a-c]} is one character, a backslash takes the next one as it is. All ways to
 * match are followed at once, so that the work is the length of the pattern times that of the path
 * at most, whatever the pattern. Immutable.
 */
public final class PathPattern {
    private final List<Part> parts;

    private PathPattern(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    private sealed interface Part {}

    /** One character. */
    private record One(IntPredicate fits) implements Part {}

    /** Any number of characters that fit. */
    private record Any(boolean slashes) implements Part {}

    /** Nothing, or anything that ends with a slash. */
    private enum Directories implements Part {
        SOME
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if a class has no end, or nothing follows a backslash
     */
    public static PathPattern of(String pattern) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < pattern.length()) {
            int c = pattern.codePointAt(at);
            if (pattern.startsWith("**", at)) {
                at += 2;
                if (at < pattern.length() && pattern.charAt(at) == '/') {
                    at++;
                }
                // one in the end stands for what is in a directory, not for that
                add(at < pattern.length() ? Directories.SOME : new Any(true), parts);
            } else if (c == '[') {
                int end = endOfClass(pattern, at);
                parts.add(new One(characters(pattern.substring(at + 1, end))));
                at = end + 1;
            } else if (c == '\\') {
                if (at + 1 == pattern.length()) {
                    throw new IllegalArgumentException("nothing follows the backslash");
                }
                int taken = pattern.codePointAt(at + 1);
                parts.add(new One(other -> other == taken));
                at += 1 + Character.charCount(taken);
            } else {
                add(
                        switch (c) {
                            case '*' -> new Any(false);
                            case '?' -> new One(other -> other != '/');
                            default -> new One(other -> other == c);
                        },
                        parts);
                at += Character.charCount(c);
            }
        }
        return new PathPattern(parts);
    }

    /** Two of a kind say no more than one. */
    private static void add(Part part, List<Part> parts) {
        if (part instanceof One || parts.isEmpty() || !parts.getLast().equals(part)) {
            parts.add(part);
        }
    }

    /** Whether the whole path fits. */
    public boolean matches(String path) {
        return run(path, false);
    }

    /** Whether the path fits, or a directory that it is in. */
    public boolean matchesOrHolds(String path) {
        return run(path, true);
    }

    private boolean run(String path, boolean alsoDirectories) {
        Ways ways = new Ways();
        ways.reach(0);
        for (int at = 0; at < path.length(); ) {
            int c = path.codePointAt(at);
            if (alsoDirectories && c == '/' && at > 0 && ways.complete()) {
                return true;
            }
            ways.take(c);
            if (ways.none()) {
                return false;
            }
            at += Character.charCount(c);
        }
        return ways.complete();
    }

    private static int endOfClass(String pattern, int begin) {
        for (int at = begin + 1; at < pattern.length(); at++) {
            if (pattern.charAt(at) == '\\') {
                at++;
            } else if (pattern.charAt(at) == ']' && at > begin + 1) {
                return at;
            }
        }
        throw new IllegalArgumentException("the class has no end");
    }

    /** Java knows more in a class than ranges and {@code ^}: the rest is taken as it is. */
    private static IntPredicate characters(String inner) {
        StringBuilder regex = new StringBuilder("[");
        boolean taken = false;
        for (int at = 0; at < inner.length(); at = inner.offsetByCodePoints(at, 1)) {
            int c = inner.codePointAt(at);
            boolean last = at + 1 == inner.length();
            if (c == '\\' && !taken && !last) {
                taken = true;
                continue;
            }
            if (taken || !(c == '-' || (c == '^' && at == 0) || Character.isLetterOrDigit(c))) {
                regex.append('\\');
            }
            regex.appendCodePoint(c);
            taken = false;
        }
        Pattern fits = Pattern.compile(regex.append(']').toString(), Pattern.DOTALL);
        return c -> fits.matcher(Character.toString(c)).matches();
    }

    /**
     * How far into the pattern the path so far may have come: before which parts, and within which
     * {@link Directories}. Of each at most one entry, so at most twice the parts.
     */
    private final class Ways {
        private int[] now = new int[8];
        private int count;
        private int[] next = new int[8];
        private int nextCount;
        private final boolean[] seen = new boolean[2 * (parts.size() + 1)];

        boolean none() {
            return count == 0;
        }

        boolean complete() {
            return Arrays.stream(now, 0, count).anyMatch(way -> way == 2 * parts.size());
        }

        /** Before a part, and before those after it that may be nothing. */
        void reach(int part) {
            add(2 * part);
            swap();
        }

        void take(int c) {
            for (int i = 0; i < count; i++) {
                int way = now[i];
                int part = way / 2;
                if (way % 2 == 1) {
                    within(part, c);
                } else if (part < parts.size()) {
                    switch (parts.get(part)) {
                        case One(var fits) -> {
                            if (fits.test(c)) {
                                add(2 * (part + 1));
                            }
                        }
                        case Any(var slashes) -> {
                            if (slashes || c != '/') {
                                add(way);
                            }
                        }
                        case Directories _ -> within(part, c);
                    }
                }
            }
            swap();
        }

        private void within(int part, int c) {
            add(2 * part + 1);
            if (c == '/') {
                add(2 * (part + 1));
            }
        }

        private void add(int way) {
            if (seen[way]) {
                return;
            }
            seen[way] = true;
            if (nextCount == next.length) {
                next = Arrays.copyOf(next, 2 * nextCount);
            }
            next[nextCount++] = way;
            int part = way / 2;
            if (way % 2 == 0 && part < parts.size() && !(parts.get(part) instanceof One)) {
                add(2 * (part + 1));
            }
        }

        private void swap() {
            for (int i = 0; i < nextCount; i++) {
                seen[next[i]] = false;
            }
            int[] taken = now;
            now = next;
            count = nextCount;
            next = taken;
            nextCount = 0;
        }
    }
}
