package dev.berth.telemetry.intake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON lines into one growing array that is used again and again; a general
 * mapper would allocate several objects per request. Not thread-safe.
 */
final class AccessLine {
    /** Characters kept of one value: a hostile header must not fill the log. */
    static final int MAX_VALUE = 4096;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[1024];
    private int length;
    private long second = Long.MIN_VALUE;
    private String secondText = "";

    /**
     * The line of the record with its line feed; valid until the next call, see {@link #length}.
     */
    byte[] encode(AccessRecord entry) {
        length = 0;
        literal("{\"time\":\"");
        time(entry.time());
        put('"');
        text("event", entry.event().word());
        text("id", entry.id());
        text("trace", entry.trace());
        text("client", entry.client());
        text("host", entry.place().host());
        text("route", entry.place().route());
        text("app", entry.place().app());
        text("method", entry.method());
        text("target", entry.target());
        text("protocol", entry.protocol());
        tls(entry.tls());
        number("status", entry.status());
        number("bytesIn", entry.bytesIn());
        number("bytesOut", entry.bytesOut());
        millis("durationMs", entry.timing().duration());
        millis("firstByteMs", entry.timing().firstByte());
        text("upstream", entry.place().upstream());
        millis("connectMs", entry.timing().connect());
        millis("upstreamMs", entry.timing().upstream());
        millis("heldMs", entry.timing().held());
        if (entry.retries() > 0) {
            number("retries", entry.retries());
        }
        text("userAgent", entry.userAgent());
        text("referer", entry.referer());
        text("error", entry.error());
        text("ended", entry.ended());
        literal("}\n");
        return bytes;
    }

    /** Bytes of the last line. */
    int length() {
        return length;
    }

    /**
     * To the microsecond. The seconds are written out once each: that takes longer than the rest.
     */
    private void time(Instant time) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            String whole = Instant.ofEpochSecond(second).toString();
            secondText = whole.substring(0, whole.length() - 1);
        }
        literal(secondText);
        int micros = time.getNano() / 1000;
        if (micros > 0) {
            put('.');
            int last = micros % 1000 == 0 ? 1000 : 1;
            for (int unit = 100_000; unit >= last; unit /= 10) {
                put((char) ('0' + micros / unit % 10));
            }
        }
        put('Z');
    }

    private void text(String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        name(name);
        put('"');
        int end = Math.min(value.length(), MAX_VALUE);
        if (isPlain(value, end)) {
            copy(value, end);
        } else {
            for (int i = 0; i < end; i++) {
                character(value.charAt(i));
            }
        }
        put('"');
    }

    private void tls(AccessRecord.@Nullable Tls tls) {
        if (tls != null) {
            text("tlsVersion", tls.version());
            text("tlsCipher", tls.cipher());
            if (tls.resumed() != null) {
                name("tlsResumed");
                literal(tls.resumed() ? "true" : "false");
            }
        }
    }

    private void number(String name, long value) {
        name(name);
        literal(Long.toString(value));
    }

    private void millis(String name, long micros) {
        if (micros < 0) {
            return;
        }
        name(name);
        literal(Long.toString(micros / 1000));
        int rest = (int) (micros % 1000);
        put('.');
        put((char) ('0' + rest / 100));
        put((char) ('0' + rest / 10 % 10));
        put((char) ('0' + rest % 10));
    }

    private void name(String name) {
        put(',');
        put('"');
        literal(name);
        put('"');
        put(':');
    }

    /** Whether it stands in JSON as it is, which nearly all do. */
    private static boolean isPlain(String value, int end) {
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("deprecation") // of ASCII this getBytes copies just the bytes
    private void copy(String ascii, int end) {
        while (bytes.length - length < end) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        ascii.getBytes(0, end, bytes, length);
        length += end;
    }

    private void character(char c) {
        if (c == '"' || c == '\\') {
            put('\\');
            put(c);
        } else if (c < 0x20 || Character.isSurrogate(c)) {
            literal("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                put((char) HEX[(c >> shift) & 0xf]);
            }
        } else if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put((char) (0xc0 | (c >> 6)));
            put((char) (0x80 | (c & 0x3f)));
        } else {
            put((char) (0xe0 | (c >> 12)));
            put((char) (0x80 | ((c >> 6) & 0x3f)));
            put((char) (0x80 | (c & 0x3f)));
        }
    }

    private AccessLine literal(String ascii) {
        copy(ascii, ascii.length());
        return this;
    }

    private void put(char b) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        bytes[length++] = (byte) b;
    }
}
