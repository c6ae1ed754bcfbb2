package dev.berth.proxy.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests by the letter of RFC 9112 and by nothing of Netty's: what the edge is compared
 * with. Ends at the first byte that breaks the grammar or at the end of what there is.
 */
public final class StrictRequests {
    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    private final byte[] bytes;
    private final List<Request> requests = new ArrayList<>();
    private int at;

    private StrictRequests(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A field as it is on the wire, without the white space around its value. */
    public record Field(String name, String value) {}

    /**
     * One request.
     *
     * @param body without its chunks
     * @param complete whether its body has ended
     */
    public record Request(String line, List<Field> fields, String body, boolean complete) {
        /** The values of that field. */
        public List<String> all(String name) {
            return fields.stream()
                    .filter(field -> field.name().toLowerCase(Locale.ROOT).equals(name))
                    .map(Field::value)
                    .toList();
        }
    }

    /** The requests up to the first violation; the last one may not be complete. */
    public static List<Request> in(byte[] bytes) {
        StrictRequests reader = new StrictRequests(bytes);
        while (reader.request()) {
            // as long as there are any
        }
        return reader.requests;
    }

    private boolean request() {
        String line = line();
        while (line != null && line.isEmpty()) {
            line = line();
        }
        if (line == null || !isRequestLine(line)) {
            return false;
        }
        List<Field> fields = fields();
        if (fields == null) {
            return false;
        }
        Request head = new Request(line, fields, "", false);
        List<String> lengths = head.all("content-length");
        List<String> codings = head.all("transfer-encoding");
        if (!codings.isEmpty()) {
            return lengths.isEmpty()
                    && codings.size() == 1
                    && codings.getFirst().equalsIgnoreCase("chunked")
                    && line.endsWith("HTTP/1.1")
                    && chunks(head);
        }
        if (lengths.isEmpty()) {
            return add(head, "", true);
        }
        return lengths.size() == 1
                && lengths.getFirst().matches("[0-9]{1,18}")
                && body(head, Long.parseLong(lengths.getFirst()));
    }

    private boolean body(Request head, long length) {
        int there = (int) Math.min(length, bytes.length - at);
        String body = text(at, at + there);
        at += there;
        return add(head, body, there == length);
    }

    private boolean chunks(Request head) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = line();
            long size = line == null ? -1 : chunkSize(line);
            if (size < 0) {
                return add(head, latin(body), false);
            }
            if (size == 0) {
                return add(head, latin(body), trailers());
            }
            int there = (int) Math.min(size, bytes.length - at);
            body.write(bytes, at, there);
            at += there;
            if (there < size || !crlf()) {
                return add(head, latin(body), false);
            }
        }
    }

    private static long chunkSize(String line) {
        int end = 0;
        while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
            end++;
        }
        String digits = line.substring(0, end).replaceFirst("^0+(?=.)", "");
        // After the size there may be white space, but only in front of an extension.
        boolean plain = end == line.length() || line.substring(end).strip().startsWith(";");
        return digits.isEmpty() || digits.length() > 15 || !plain ? -1 : Long.parseLong(digits, 16);
    }

    private boolean add(Request head, String body, boolean complete) {
        requests.add(new Request(head.line, head.fields, body, complete));
        return complete;
    }

    /** Fields up to and with the empty line; {@code null} if they are malformed or cut. */
    private @Nullable List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                return fields;
            }
            int colon = line.indexOf(':');
            if (colon < 1 || !isToken(line.substring(0, colon))) {
                return null;
            }
            fields.add(new Field(line.substring(0, colon), trim(line.substring(colon + 1))));
        }
        return null;
    }

    /**
     * Only where they end: lines may be folded, which RFC 9112 section 5.2 lets a proxy mend, and
     * what is passed on of them is another matter.
     */
    private boolean trailers() {
        for (int from = at; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                if (at == from || bytes[at - 1] != '\r') {
                    return false;
                }
                if (at == from + 1) {
                    at++;
                    return true;
                }
                from = at + 1;
            }
        }
        return false;
    }

    private static String trim(String value) {
        return value.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static boolean isRequestLine(String line) {
        String[] parts = line.split(" ", -1);
        return parts.length == 3
                && isToken(parts[0])
                && !parts[1].isEmpty()
                && parts[1].chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')
                && (parts[2].equals("HTTP/1.1") || parts[2].equals("HTTP/1.0"));
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(
                                c ->
                                        (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z')
                                                || (c >= '0' && c <= '9')
                                                || TOKEN.indexOf(c) >= 0);
    }

    /** A line without its CR LF; {@code null} if there is none or a control character is in it. */
    private @Nullable String line() {
        for (int i = at; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            if (b == '\r') {
                String line = text(at, i);
                at = i;
                return crlf() ? line : null;
            }
            if ((b < ' ' && b != '\t') || b == 0x7f) {
                return null;
            }
        }
        return null;
    }

    private boolean crlf() {
        if (at + 1 < bytes.length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
            at += 2;
            return true;
        }
        return false;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static String latin(ByteArrayOutputStream body) {
        return body.toString(StandardCharsets.ISO_8859_1);
    }
}
