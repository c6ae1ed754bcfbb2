package dev.berth.proxy.front;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header before the first byte of a connection with which a proxy says whose it is (The PROXY
 * protocol, versions 1 and 2, by HAProxy Technologies, sections 2.1 and 2.2). Read strictly: a byte
 * that is not as it must be makes it malformed, as nothing that follows could be trusted.
 */
public sealed interface ProxyHeader {
    /** The longest header of version 1, with its line end. */
    int MAX_TEXT = 107;

    /** The longest header of version 2 that is taken; the rest of it is extensions. */
    int MAX_BINARY = 16 + 4096;

    /** More bytes are needed. */
    record Incomplete() implements ProxyHeader {}

    /** It is none. */
    record Malformed(String why) implements ProxyHeader {}

    /**
     * The proxy speaks for itself, as when it checks that we are there.
     *
     * @param length of the header in bytes
     */
    record Local(int length) implements ProxyHeader {}

    /**
     * The proxy speaks for somebody.
     *
     * @param client address of that one
     * @param port that he connected to
     * @param length of the header in bytes
     */
    record Proxied(String client, int port, int length) implements ProxyHeader {}

    /** Reads what is at the beginning of the bytes, which are left as they are. */
    static ProxyHeader read(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return new Incomplete();
        }
        return bytes.getByte(bytes.readerIndex()) == Binary.SIGNATURE[0]
                ? Binary.read(bytes)
                : Text.read(bytes);
    }

    /** Version 1: one line of text. */
    final class Text {
        private static final byte[] BEGIN = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final byte LF = '\n';
        private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,4}");

        private Text() {}

        static ProxyHeader read(ByteBuf bytes) {
            int from = bytes.readerIndex();
            int seen = Math.min(bytes.readableBytes(), BEGIN.length);
            for (int i = 0; i < seen; i++) {
                if (bytes.getByte(from + i) != BEGIN[i]) {
                    return new Malformed("it does not begin with a PROXY header");
                }
            }
            int end = bytes.indexOf(from, from + Math.min(bytes.readableBytes(), MAX_TEXT), LF);
            if (end < 0) {
                return bytes.readableBytes() < MAX_TEXT
                        ? new Incomplete()
                        : new Malformed("its line is too long");
            }
            if (end - from < BEGIN.length + 1 || bytes.getByte(end - 1) != '\r') {
                return new Malformed("its line does not end in CR LF");
            }
            String line = bytes.toString(from, end - 1 - from, StandardCharsets.ISO_8859_1);
            return parse(line, end + 1 - from);
        }

        private static ProxyHeader parse(String line, int length) {
            String[] words = line.split(" ", -1);
            if (words[1].equals("UNKNOWN")) {
                return new Local(length); // the rest of the line is to be ignored
            }
            if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
                return new Malformed("its line is not of six words for TCP4 or TCP6");
            }
            boolean six = words[1].equals("TCP6");
            String client = address(words[2], six);
            int port = port(words[5]);
            if (client == null || address(words[3], six) == null || port(words[4]) < 0) {
                return new Malformed("an address in its line is none");
            }
            return port < 0
                    ? new Malformed("a port in its line is none")
                    : new Proxied(client, port, length);
        }

        private static @Nullable String address(String word, boolean six) {
            boolean valid =
                    six
                            ? word.indexOf('%') < 0
                                    && !word.startsWith("[")
                                    && NetUtil.isValidIpV6Address(word)
                            : NetUtil.isValidIpV4Address(word);
            byte[] address = valid ? IpLiteral.parse(word) : null;
            return address == null ? null : IpLiteral.text(address);
        }

        private static int port(String word) {
            int port = NUMBER.matcher(word).matches() ? Integer.parseInt(word) : -1;
            return port <= 65_535 ? port : -1;
        }
    }

    /** Version 2: fields of fixed places. */
    final class Binary {
        static final byte[] SIGNATURE = {
            0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
        };
        private static final int FIXED = 16;
        private static final int LOCAL = 0x20;
        private static final int PROXY = 0x21;
        private static final int TCP4 = 0x11;
        private static final int TCP6 = 0x21;
        private static final int EXTENSION_HEAD = 3;

        private Binary() {}

        static ProxyHeader read(ByteBuf bytes) {
            int from = bytes.readerIndex();
            int seen = Math.min(bytes.readableBytes(), SIGNATURE.length);
            for (int i = 0; i < seen; i++) {
                if (bytes.getByte(from + i) != SIGNATURE[i]) {
                    return new Malformed("it does not begin with a PROXY header");
                }
            }
            if (bytes.readableBytes() < FIXED) {
                return new Incomplete();
            }
            int command = bytes.getUnsignedByte(from + 12);
            if (command != LOCAL && command != PROXY) {
                return new Malformed("its version or command is not known");
            }
            int length = FIXED + bytes.getUnsignedShort(from + 14);
            if (length > MAX_BINARY) {
                return new Malformed("it is too long");
            }
            if (bytes.readableBytes() < length) {
                return new Incomplete();
            }
            return command == LOCAL ? new Local(length) : proxied(bytes, from, length);
        }

        private static ProxyHeader proxied(ByteBuf bytes, int from, int length) {
            int family = bytes.getUnsignedByte(from + 13);
            int size =
                    switch (family) {
                        case TCP4 -> 4;
                        case TCP6 -> 16;
                        default -> 0;
                    };
            if (size == 0) {
                return new Local(length); // as the protocol wants of families that are not spoken
            }
            int ports = from + FIXED + 2 * size;
            if (ports + 4 > from + length || !extensionsFit(bytes, ports + 4, from + length)) {
                return new Malformed("its length does not fit what is in it");
            }
            byte[] client = new byte[size];
            bytes.getBytes(from + FIXED, client);
            String text = IpLiteral.text(client);
            byte[] plain = IpLiteral.parse(text);
            return new Proxied(
                    plain == null ? text : IpLiteral.text(plain),
                    bytes.getUnsignedShort(ports + 2),
                    length);
        }

        /** Extensions are skipped, but have to be some. */
        private static boolean extensionsFit(ByteBuf bytes, int from, int end) {
            int at = from;
            while (at < end) {
                if (at + EXTENSION_HEAD > end) {
                    return false;
                }
                at += EXTENSION_HEAD + bytes.getUnsignedShort(at + 1);
            }
            return at == end;
        }
    }
}
