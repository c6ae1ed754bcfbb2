package dev.berth.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Map.Entry;

/**
 * Writes header fields byte for byte as they were read. Netty's own encoder turns every byte above
 * 0x7f of a value (obs-text, RFC 9110 section 5.5) into a question mark.
 */
public final class HeaderBytes {
    private static final int CRLF = 2;
    private static final int SEPARATORS = 4;

    private HeaderBytes() {}

    /** Appends each field as a line. */
    public static void write(HttpHeaders headers, ByteBuf out) {
        write(headers, out, 0);
    }

    /**
     * The same, with room for what comes after them.
     *
     * @param more bytes after the empty line
     */
    public static void write(HttpHeaders headers, ByteBuf out, int more) {
        byte[] lines = new byte[length(headers)];
        int at = 0;
        for (var fields = headers.iteratorCharSequence(); fields.hasNext(); ) {
            Entry<CharSequence, CharSequence> field = fields.next();
            at = put(field.getKey(), lines, at);
            lines[at++] = ':';
            lines[at++] = ' ';
            at = put(field.getValue(), lines, at);
            lines[at++] = '\r';
            lines[at++] = '\n';
        }
        out.ensureWritable(lines.length + CRLF + more);
        out.writeBytes(lines);
    }

    private static int length(HttpHeaders headers) {
        int length = 0;
        for (var fields = headers.iteratorCharSequence(); fields.hasNext(); ) {
            Entry<CharSequence, CharSequence> field = fields.next();
            length += field.getKey().length() + field.getValue().length() + SEPARATORS;
        }
        return length;
    }

    @SuppressWarnings("deprecation") // String.getBytes(int, ...) is exactly Latin-1, without a copy
    private static int put(CharSequence text, byte[] to, int at) {
        int length = text.length();
        switch (text) {
            case AsciiString ascii ->
                    System.arraycopy(ascii.array(), ascii.arrayOffset(), to, at, length);
            case String string -> string.getBytes(0, length, to, at);
            default -> {
                for (int i = 0; i < length; i++) {
                    to[at + i] = (byte) text.charAt(i);
                }
            }
        }
        return at + length;
    }
}
