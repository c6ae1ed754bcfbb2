package dev.berth.schemas.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network of IP addresses: {@code 10.0.0.0/8}, {@code fd00::/8}; an address alone is a network of
 * one (RFC 4632 section 3.1, RFC 4291 section 2.3).
 */
public final class Cidr {
    /** The form of a network in YAML; {@link #parse} knows the rest. */
    public static final String PATTERN = "[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?";

    private static final Pattern IPV4 =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * Reads the text form; bits behind the prefix are ignored.
     *
     * @throws IllegalArgumentException if the text is not a network
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = address.indexOf(':') < 0 ? ipv4(address) : ipv6(address);
        int bits = bytes.length * 8;
        if (slash >= 0) {
            String prefix = text.substring(slash + 1);
            if (!prefix.matches("\\d{1,3}") || Integer.parseInt(prefix) > bits) {
                throw notOne(text);
            }
            bits = Integer.parseInt(prefix);
        }
        return new Cidr(bytes, bits);
    }

    /**
     * Whether an address is in it.
     *
     * @param address 4 or 16 bytes in network order; one of 16 that maps an IPv4 address counts as
     *     that
     */
    public boolean contains(byte[] address) {
        byte[] plain = unmapped(address);
        if (plain.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        if (!Arrays.equals(network, 0, whole, plain, 0, whole)) {
            return false;
        }
        int rest = bits % 8;
        return rest == 0 || ((network[whole] ^ plain[whole]) & 0xff) >> (8 - rest) == 0;
    }

    private static byte[] unmapped(byte[] address) {
        if (address.length != 16 || address[10] != -1 || address[11] != -1) {
            return address;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return address;
            }
        }
        return Arrays.copyOfRange(address, 12, 16);
    }

    private static byte[] ipv4(String text) {
        Matcher matcher = IPV4.matcher(text);
        if (!matcher.matches()) {
            throw notOne(text);
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int octet = Integer.parseInt(matcher.group(i + 1));
            if (octet > 255) {
                throw notOne(text);
            }
            bytes[i] = (byte) octet;
        }
        return bytes;
    }

    private static byte[] ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw notOne(text);
        }
        List<Byte> head = groups(gap < 0 ? text : text.substring(0, gap), text);
        List<Byte> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2), text);
        int given = head.size() + tail.size();
        if (gap < 0 ? given != 16 : given > 14) {
            throw notOne(text);
        }
        byte[] bytes = new byte[16];
        for (int i = 0; i < head.size(); i++) {
            bytes[i] = head.get(i);
        }
        for (int i = 0; i < tail.size(); i++) {
            bytes[16 - tail.size() + i] = tail.get(i);
        }
        return bytes;
    }

    private static List<Byte> groups(String part, String text) {
        List<Byte> bytes = new ArrayList<>();
        if (part.isEmpty()) {
            return bytes;
        }
        for (String group : part.split(":", -1)) {
            if (!GROUP.matcher(group).matches()) {
                throw notOne(text);
            }
            int value = HexFormat.fromHexDigits(group);
            bytes.add((byte) (value >> 8));
            bytes.add((byte) value);
        }
        return bytes;
    }

    private static IllegalArgumentException notOne(String text) {
        return new IllegalArgumentException(
                "not a network such as 10.0.0.0/8 or fd00::/8: " + text);
    }
}
