package dev.berth.schemas.edge;

import java.util.Objects;

/**
 * What the edge answers a certificate authority that asks whether a host is ours (HTTP-01, RFC 8555
 * section 8.3). Answered on every host: the answer is bound to our account, so it proves nothing
 * for anybody else.
 *
 * @param token the last segment of {@code /.well-known/acme-challenge/<token>}, in the alphabet of
 *     base64url
 * @param answer the key authorization: printable ASCII, the whole body
 */
public record Challenge(String token, String answer) {
    public Challenge {
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(answer, "answer");
    }
}
