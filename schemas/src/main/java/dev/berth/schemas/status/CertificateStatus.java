package dev.berth.schemas.status;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of a resource's hosts, or one that they should have.
 *
 * @param names the hosts it is for, sorted; {@code *.example.com} covers one label
 * @param source where it is from
 * @param issuer who signed it, as the certificate names them; {@code null} while there is none
 * @param notAfter until when clients take it; {@code null} while there is none
 * @param renewAt about when it is replaced; {@code null} while there is none, or nobody renews it
 * @param nextTry when it is tried again after a failure; {@code null} = nothing failed, or only a
 *     change can help
 */
public record CertificateStatus(
        List<String> names,
        Source source,
        @Nullable String issuer,
        @Nullable Instant notAfter,
        @Nullable Instant renewAt,
        @Nullable Instant nextTry) {
    public CertificateStatus {
        names = List.copyOf(names);
    }

    /** Where a certificate is from. */
    public enum Source {
        /** Ordered from a certificate authority. */
        ORDERED,
        /** Given by a Secret. */
        BROUGHT
    }
}
