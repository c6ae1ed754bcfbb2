package dev.berth.proxy.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Removes the fields that speak of one connection only (RFC 9110 section 7.6.1): the known ones and
 * those that Connection names. A peer cannot use Connection to have us drop a field that framing,
 * routing or authentication hangs on: those are protected.
 */
public final class HopByHop {
    private static final List<CharSequence> KNOWN =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    AsciiString.cached("keep-alive"),
                    AsciiString.cached("proxy-connection"),
                    HttpHeaderNames.TE,
                    HttpHeaderNames.UPGRADE,
                    AsciiString.cached("http2-settings"),
                    HttpHeaderNames.PROXY_AUTHENTICATE,
                    HttpHeaderNames.PROXY_AUTHORIZATION,
                    AsciiString.cached("proxy-authentication-info"));
    private static final Set<String> PROTECTED =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "content-type",
                    "content-encoding",
                    "authorization",
                    "cookie",
                    "set-cookie",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-proto",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-real-ip",
                    "x-request-id");

    private HopByHop() {}

    /** Removes them. */
    public static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
                Tokens.each(value, name -> removeNamed(headers, name));
            }
        }
        for (CharSequence name : KNOWN) {
            headers.remove(name);
        }
    }

    private static void removeNamed(HttpHeaders headers, String name) {
        if (!PROTECTED.contains(name.toLowerCase(Locale.ROOT))) {
            headers.remove(name);
        }
    }
}
