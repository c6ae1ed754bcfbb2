package dev.berth.proxy.routing;

import dev.berth.proxy.http.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * The form of a path by which routes are chosen: percent-encoded unreserved characters decoded, dot
 * segments removed (RFC 3986 section 6.2.2), repeated slashes merged. What is forwarded stays as
 * the client wrote it; without this step {@code /a/%2e%2e/admin} would be routed as {@code /a} and
 * answered as {@code /admin}.
 */
public final class RoutingPath {
    private RoutingPath() {}

    /**
     * The normal form, starting with a slash.
     *
     * @param target origin-form or {@code *}; the query is cut off
     */
    public static String of(String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (!path.startsWith("/")) {
            return "/";
        }
        return isNormal(path) ? path : normalise(decodeUnreserved(path));
    }

    private static boolean isNormal(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                return false;
            }
            if (c == '/' && i + 1 < path.length()) {
                char next = path.charAt(i + 1);
                if (next == '/' || next == '.') {
                    return false;
                }
            }
        }
        return true;
    }

    private static String normalise(String path) {
        List<String> segments = new ArrayList<>();
        String[] parts = path.split("/", -1);
        for (String part : parts) {
            if (part.equals("..")) {
                if (!segments.isEmpty()) {
                    segments.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                segments.add(part);
            }
        }
        String last = parts[parts.length - 1];
        boolean directory = last.isEmpty() || last.equals(".") || last.equals("..");
        String joined = "/" + String.join("/", segments);
        return directory && !segments.isEmpty() ? joined + "/" : joined;
    }

    private static String decodeUnreserved(String path) {
        StringBuilder decoded = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int value = c == '%' && i + 2 < path.length() ? hex(path, i + 1) : -1;
            if (value >= 0 && isUnreserved((char) value)) {
                decoded.append((char) value);
                i += 2;
            } else {
                decoded.append(c);
            }
        }
        return decoded.toString();
    }

    private static int hex(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static boolean isUnreserved(char c) {
        return Tokens.isAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
    }
}
