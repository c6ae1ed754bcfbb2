package dev.berth.proxy.http;

import org.jspecify.annotations.Nullable;

/**
 * What a TLS handshake has settled, for the log.
 *
 * @param version {@code TLSv1.3}
 * @param cipher by its IANA name
 * @param resumed whether it went on with an earlier session; {@code null} when not known
 */
public record TlsFacts(String version, String cipher, @Nullable Boolean resumed) {}
