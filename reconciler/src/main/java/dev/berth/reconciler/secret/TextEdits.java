package dev.berth.reconciler.secret;

import java.util.Map;
import java.util.TreeMap;

/** Replacements of parts of a text, by offsets in code points; all else stays as it is. */
final class TextEdits {
    private record Edit(int end, String text) {}

    private final int[] points;
    private final TreeMap<Integer, Edit> edits = new TreeMap<>();

    TextEdits(String text) {
        this.points = text.codePoints().toArray();
    }

    /** Parts that overlap one replaced before are a bug. */
    void replace(int start, int end, String text) {
        Map.Entry<Integer, Edit> before = edits.floorEntry(start);
        if (before != null && before.getValue().end() > start && end > start) {
            throw new IllegalStateException("overlapping edits at " + start);
        }
        edits.put(start, new Edit(end, text));
    }

    /** Offset behind the line break that ends the line of an offset, or the end of the text. */
    int endOfLine(int offset) {
        int at = offset;
        while (at < points.length && points[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, points.length);
    }

    boolean isBehindLineBreak(int offset) {
        return offset == 0 || points[offset - 1] == '\n';
    }

    String part(int start, int end) {
        return new String(points, start, end - start);
    }

    String result() {
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (Map.Entry<Integer, Edit> edit : edits.entrySet()) {
            out.append(part(at, edit.getKey())).append(edit.getValue().text());
            at = edit.getValue().end();
        }
        return out.append(part(at, points.length)).toString();
    }
}
