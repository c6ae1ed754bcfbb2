package dev.berth.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.Map.Entry;

/**
 * Writes header fields byte for byte as they were read. Netty's own encoder turns every byte above
 * 0x7f of a value (obs-text, RFC 9110 section 5.5) into a question mark.
 */
public final class HeaderBytes {
    private HeaderBytes() {}

    /** Appends each field as a line. */
    public static void write(HttpHeaders headers, ByteBuf out) {
        Iterator<Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Entry<CharSequence, CharSequence> field = fields.next();
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            out.ensureWritable(name.length() + value.length() + 4);
            put(out, name);
            out.writeByte(':').writeByte(' ');
            put(out, value);
            out.writeByte('\r').writeByte('\n');
        }
    }

    @SuppressWarnings("deprecation") // String.getBytes(int, ...) is exactly Latin-1, without a copy
    private static void put(ByteBuf out, CharSequence text) {
        if (text instanceof AsciiString ascii) {
            out.writeBytes(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else if (out.hasArray() && text instanceof String string) {
            int at = out.writerIndex();
            string.getBytes(0, string.length(), out.array(), out.arrayOffset() + at);
            out.writerIndex(at + string.length());
        } else {
            for (int i = 0; i < text.length(); i++) {
                out.writeByte(text.charAt(i));
            }
        }
    }
}
