package dev.berth.proxy.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/**
 * Removes from a trailer section what must not come after the body (RFC 9110 section 6.5.1): a
 * receiver that merges trailers into the head would take framing, routing or identity from them.
 */
public final class Trailers {
    private static final List<String> FORBIDDEN =
            List.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "trailer",
                    "te",
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "upgrade",
                    "expect",
                    "max-forwards",
                    "range",
                    "authorization",
                    "proxy-authorization",
                    "proxy-authenticate",
                    "www-authenticate",
                    "cookie",
                    "set-cookie",
                    "cache-control",
                    "content-type",
                    "content-encoding",
                    "content-range",
                    "forwarded",
                    "x-forwarded-for",
                    "x-forwarded-proto",
                    "x-forwarded-host",
                    "x-forwarded-port",
                    "x-real-ip",
                    "x-request-id");

    private Trailers() {}

    /**
     * Removes them from a request, and names with an underscore as from its head: an app may read
     * those as if they had a hyphen.
     */
    public static void stripRequest(HttpHeaders trailers) {
        strip(trailers);
        if (!trailers.isEmpty()) {
            trailers.names().stream()
                    .filter(name -> name.indexOf('_') >= 0)
                    .toList()
                    .forEach(trailers::remove);
        }
    }

    /** Removes them. */
    public static void strip(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            FORBIDDEN.forEach(trailers::remove);
        }
    }
}
