package dev.berth.reconciler.desired;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of a config file as text. What is wrong with them is reported and replaced, so that the
 * documents can still be looked at.
 */
final class FileText {
    private static final char REPLACEMENT = '\ufffd';
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final String file;
    private final Problems problems;

    private FileText(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    static String decode(String file, byte[] bytes, Problems problems) {
        FileText reader = new FileText(file, problems);
        return reader.withoutControls(reader.withoutMark(reader.decode(bytes)));
    }

    private String decode(byte[] bytes) {
        boolean utf16 =
                bytes.length > 1
                        && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
                                || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
        if (utf16) {
            report(1, 1, "is UTF-16: save it as UTF-8");
            return new String(bytes, StandardCharsets.UTF_16);
        }
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        if (result.isUnderflow()) {
            return text.flip().toString();
        }
        reportAfter(text.flip().toString(), "is not UTF-8 from here on: save it as UTF-8");
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String withoutMark(String text) {
        if (text.isEmpty() || text.charAt(0) != BYTE_ORDER_MARK) {
            return text;
        }
        report(1, 1, "begins with a byte order mark: save it as UTF-8 without BOM");
        return text.substring(1);
    }

    /** YAML 1.2.2 section 5.1 allows no control characters but these. */
    private String withoutControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isForbidden(text.charAt(i))) {
                reportAfter(
                        text.substring(0, i),
                        "holds the control character U+%04X: remove it"
                                .formatted((int) text.charAt(i)));
                return replaceControls(text);
            }
        }
        return text;
    }

    private static String replaceControls(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            if (isForbidden(clean.charAt(i))) {
                clean.setCharAt(i, REPLACEMENT);
            }
        }
        return clean.toString();
    }

    private static boolean isForbidden(char c) {
        return (c < ' ' && c != '\t' && c != '\n' && c != '\r')
                || (c >= 0x7f && c <= 0x9f && c != 0x85)
                || c == 0xfffe
                || c == 0xffff;
    }

    private void reportAfter(String before, String message) {
        int lines = (int) before.chars().filter(c -> c == '\n').count();
        String last = before.substring(before.lastIndexOf('\n') + 1);
        report(lines + 1, last.codePointCount(0, last.length()) + 1, message);
    }

    private void report(int line, int column, String message) {
        problems.add(
                new Location(file, line, column), "", Problem.Code.FILE, "the file " + message);
    }
}
