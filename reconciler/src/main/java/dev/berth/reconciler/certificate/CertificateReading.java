package dev.berth.reconciler.certificate;

import dev.berth.schemas.status.CertificateStatus;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the certificate of a host.
 *
 * @param names that it is for, or should be
 * @param issuer who signed it, as the certificate names them; {@code null} while there is none
 * @param notBefore from when clients take it; {@code null} exactly while there is none
 * @param notAfter until when; {@code null} exactly while there is none
 * @param renewAt about when it is replaced; {@code null} = there is none, or nobody renews it
 * @param served whether the edge has said that it serves it
 * @param asked since when it has not, although it is to; {@code null} = it has, or was not asked
 * @param reason what keeps it from being there, or from being renewed; {@code null} = nothing does
 * @param message the same for people, without the time of the next try; empty when nothing does
 * @param nextTry {@code null} = nothing failed, or only a change can help
 */
public record CertificateReading(
        SortedSet<String> names,
        CertificateStatus.Source source,
        @Nullable String issuer,
        @Nullable Instant notBefore,
        @Nullable Instant notAfter,
        @Nullable Instant renewAt,
        boolean served,
        @Nullable Instant asked,
        @Nullable ReasonCode reason,
        String message,
        @Nullable Instant nextTry) {
    public CertificateReading {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
}
