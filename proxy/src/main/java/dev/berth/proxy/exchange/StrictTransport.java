package dev.berth.proxy.exchange;

import dev.berth.schemas.edge.Https;
import io.netty.handler.codec.http.HttpHeaders;

/** Tells browsers to come back over https only (RFC 6797 section 7.1). */
final class StrictTransport {
    private static final String FIELD = "Strict-Transport-Security";

    private StrictTransport() {}

    /** Adds the field to an answer over https, unless the app has set its own. */
    static void add(Https https, HttpHeaders headers) {
        if (https.hstsSeconds() > 0 && !headers.contains(FIELD)) {
            headers.set(
                    FIELD,
                    "max-age="
                            + https.hstsSeconds()
                            + (https.hstsSubdomains() ? "; includeSubDomains" : ""));
        }
    }
}
