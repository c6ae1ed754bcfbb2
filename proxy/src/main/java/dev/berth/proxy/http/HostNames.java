package dev.berth.proxy.http;

import io.netty.util.NetUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The authority of a request, {@code uri-host [":" port]} (RFC 9110 section 7.2, RFC 3986 section
 * 3.2.2).
 */
public final class HostNames {
    private HostNames() {}

    /**
     * The host by which to route: lower-case, without port and trailing dot. {@code null} when the
     * text is no valid authority, has a user in it or is empty.
     */
    public static @Nullable String routing(String authority) {
        int portAt = portSeparator(authority);
        if (portAt >= 0 && !isPort(authority, portAt + 1)) {
            return null;
        }
        String host = portAt < 0 ? authority : authority.substring(0, portAt);
        if (host.startsWith("[")) {
            return host.endsWith("]")
                            && host.indexOf('%') < 0
                            && NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1))
                    ? host.toLowerCase(Locale.ROOT)
                    : null;
        }
        if (!isName(host)) {
            return null;
        }
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return bare.isEmpty() ? null : bare.toLowerCase(Locale.ROOT);
    }

    /** The port with its colon as the authority names it, or nothing. */
    public static String portSuffix(String authority) {
        int portAt = portSeparator(authority);
        return portAt < 0 || portAt + 1 == authority.length() ? "" : authority.substring(portAt);
    }

    private static int portSeparator(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? colon : -1;
    }

    private static boolean isPort(String text, int from) {
        if (text.length() - from > 5) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean allowed = Tokens.isAlphanumeric(c) || c == '-' || c == '.' || c == '_';
            if (!allowed) {
                return false;
            }
        }
        return !host.isEmpty() && host.length() <= 255 && host.indexOf("..") < 0;
    }
}
