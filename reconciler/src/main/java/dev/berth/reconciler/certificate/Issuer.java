package dev.berth.reconciler.certificate;

import dev.berth.reconciler.secret.SecretRef;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Who certificates are ordered from, and by which account there: equal issuers are one account.
 *
 * @param directory where its directory is (RFC 8555 section 7.1.1)
 * @param email that it may write to; {@code null} = none
 * @param trust certificates in PEM that its server is trusted by; {@code null} = those of the web
 * @param external the account elsewhere that its own is bound to; {@code null} = none
 */
public record Issuer(
        URI directory,
        @Nullable String email,
        @Nullable String trust,
        @Nullable External external) {

    /**
     * An account elsewhere (RFC 8555 section 7.3.4).
     *
     * @param hmac names its key, in base64url
     */
    public record External(String keyId, SecretRef hmac) {}

    /** Names its account among those of this Berth; another mail address is no other account. */
    public String account() {
        return CertificateId.hash(directory + "\n" + (external == null ? "" : external.keyId()));
    }
}
