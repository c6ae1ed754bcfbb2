package dev.berth.reconciler.desired.yaml;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a text at its document markers ({@code ---} and {@code ...}), so that a mistake in one
 * document can't hide the others. Exact, because YAML allows these markers at the start of a line
 * nowhere else (YAML 1.2.2 section 9.1.2).
 */
final class DocumentSplitter {

    /** A piece of text that holds at most one document; {@code firstLine} counts from 1. */
    record Piece(String text, int firstLine) {}

    private final String text;
    private final List<Piece> pieces = new ArrayList<>();
    private int start;
    private int startLine = 1;
    private boolean hasContent;
    private boolean hasDirective;

    private DocumentSplitter(String text) {
        this.text = text;
    }

    static List<Piece> split(String text) {
        DocumentSplitter splitter = new DocumentSplitter(text);
        splitter.run();
        return List.copyOf(splitter.pieces);
    }

    private void run() {
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int next = endOfLine(at);
            if (isMarker("---", at)) {
                if (hasContent) {
                    cut(at, line);
                }
                hasContent = true;
            } else if (isMarker("...", at)) {
                cut(at, line);
                start = next;
                startLine = line + 1;
            } else if (!hasContent && text.charAt(at) == '%') {
                hasDirective = true;
            } else if (!isBlank(at, next)) {
                hasContent = true;
            }
            at = next;
            line++;
        }
        cut(text.length(), line);
    }

    private void cut(int end, int line) {
        if (hasContent || hasDirective) {
            pieces.add(new Piece(text.substring(start, end), startLine));
        }
        start = end;
        startLine = line;
        hasContent = false;
        hasDirective = false;
    }

    private int endOfLine(int at) {
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                return i + 1;
            }
            if (c == '\r') {
                return i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            }
        }
        return text.length();
    }

    private boolean isMarker(String marker, int at) {
        int after = at + marker.length();
        return text.startsWith(marker, at)
                && (after == text.length() || Character.isWhitespace(text.charAt(after)));
    }

    private boolean isBlank(int at, int end) {
        String line = text.substring(at, end).strip();
        return line.isEmpty() || line.startsWith("#");
    }
}
