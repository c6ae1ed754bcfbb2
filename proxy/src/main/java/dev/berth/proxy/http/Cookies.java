package dev.berth.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/** Reads cookies of a request (RFC 6265 section 4.2). */
public final class Cookies {
    private Cookies() {}

    /** The values of every cookie with that name, in their order; names are case-sensitive. */
    public static List<String> values(HttpHeaders headers, String name) {
        List<String> values = new ArrayList<>(1);
        for (String field : headers.getAll(HttpHeaderNames.COOKIE)) {
            int start = 0;
            while (start < field.length()) {
                int end = field.indexOf(';', start);
                end = end < 0 ? field.length() : end;
                String pair = field.substring(start, end).strip();
                if (pair.startsWith(name)
                        && pair.length() > name.length()
                        && pair.charAt(name.length()) == '=') {
                    values.add(unquoted(pair.substring(name.length() + 1)));
                }
                start = end + 1;
            }
        }
        return values;
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
