package dev.berth.proxy.front;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** IP addresses as proxies write them into header fields. */
final class IpLiteral {
    private static final int LONGEST =
            "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535".length();

    private IpLiteral() {}

    /**
     * The bytes of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1} or {@code
     * [2001:db8::1]:80}; 4 of an address that maps IPv4; {@code null} for anything else.
     */
    static byte @Nullable [] parse(String text) {
        String address = withoutPort(text);
        if (address == null || address.indexOf('%') >= 0 || address.startsWith("[")) {
            return null;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null ? null : unmapped(bytes);
    }

    /** The usual text of an address. */
    static String text(byte[] address) {
        return NetUtil.bytesToIpAddress(address);
    }

    private static @Nullable String withoutPort(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return null;
        }
        if (text.charAt(0) == '[') {
            int end = text.indexOf(']');
            boolean ends = end == text.length() - 1;
            return end > 0 && (ends || isPort(text, end + 1)) ? text.substring(1, end) : null;
        }
        int colon = text.indexOf(':');
        if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
            return text;
        }
        return isPort(text, colon) ? text.substring(0, colon) : null;
    }

    private static boolean isPort(String text, int colon) {
        int digits = text.length() - colon - 1;
        return text.charAt(colon) == ':'
                && digits >= 1
                && digits <= 5
                && text.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static byte[] unmapped(byte[] bytes) {
        if (bytes.length != 16 || bytes[10] != -1 || bytes[11] != -1) {
            return bytes;
        }
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return bytes;
            }
        }
        return Arrays.copyOfRange(bytes, 12, 16);
    }
}
