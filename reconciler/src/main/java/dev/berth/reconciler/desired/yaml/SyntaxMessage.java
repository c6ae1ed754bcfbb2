package dev.berth.reconciler.desired.yaml;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * What the YAML library says about a broken text, made into one line for people. The library
 * answers with several lines: what it was doing, what is wrong, and marks ({@code in reader, line
 * 2, column 1:}) between excerpts.
 */
final class SyntaxMessage {
    private static final Pattern MARK = Pattern.compile("line (\\d+), column (\\d+)");

    private SyntaxMessage() {}

    static Fault fault(JacksonException e, int lineOffset) {
        String raw = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
        Mark inPiece = lastMark(raw);
        if (inPiece == null) {
            TokenStreamLocation location = e.getLocation();
            inPiece =
                    location == null
                            ? new Mark(1, 1)
                            : new Mark(
                                    Math.max(1, location.getLineNr()),
                                    Math.max(1, location.getColumnNr()));
        }
        Mark at = new Mark(inPiece.line() + lineOffset, inPiece.column());
        return new Fault(at, Fault.Cause.SYNTAX, "not YAML: " + explain(raw, lineOffset));
    }

    private static @Nullable Mark lastMark(String raw) {
        Mark last = null;
        Matcher matcher = MARK.matcher(raw);
        while (matcher.find()) {
            last = new Mark(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }
        return last;
    }

    private static String explain(String raw, int lineOffset) {
        if (raw.contains("\\t(TAB)") || raw.contains("'\t")) {
            return "a tab can't indent, use spaces";
        } else if (raw.contains("mapping values are not allowed here")) {
            return "a ':' can't be here: check the indentation, or put the text in quotes";
        } else if (raw.contains("while scanning a quoted scalar")) {
            return "a quote opened in line %d is not closed".formatted(firstLine(raw, lineOffset));
        } else if (raw.contains("while parsing a flow")) {
            return "a '{' or '[' opened in line %d is not closed or lacks a ','"
                    .formatted(firstLine(raw, lineOffset));
        } else if (raw.contains("but found '<block mapping start>'")
                || raw.contains("expected <block end>")) {
            return "the indentation does not fit the lines above";
        } else if (raw.contains("Expected a property name")) {
            return "a key must be plain text";
        }
        return sentence(raw);
    }

    private static int firstLine(String raw, int lineOffset) {
        Matcher matcher = MARK.matcher(raw);
        return lineOffset + (matcher.find() ? Integer.parseInt(matcher.group(1)) : 1);
    }

    /** The last line that is a sentence: what was wrong. Excerpts and marks are indented. */
    private static String sentence(String raw) {
        String last = "";
        for (String line : raw.split("\\R", -1)) {
            if (!line.isBlank() && !line.startsWith(" ")) {
                last = line.strip();
            }
        }
        last = last.replaceAll(" ?\\(Do not use .*", "").replaceAll("\\p{Cntrl}", "?");
        return last.isEmpty()
                ? "it can't be read"
                : last.substring(0, Math.min(300, last.length()));
    }
}
