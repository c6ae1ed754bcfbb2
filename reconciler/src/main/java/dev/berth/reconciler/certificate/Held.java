package dev.berth.reconciler.certificate;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An ordered certificate that is there, as it is kept.
 *
 * @param names that it is for, as the certificate says
 * @param directory who it was ordered from
 * @param issuer who signed it, as the certificate names them
 * @param chain in PEM, the host's own first
 * @param key in PEM, PKCS #8
 * @param obtainedAt when it was downloaded
 */
public record Held(
        SortedSet<String> names,
        URI directory,
        @Nullable String profile,
        String issuer,
        String chain,
        String key,
        Instant notBefore,
        Instant notAfter,
        Instant obtainedAt) {
    public Held {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /** What it is called. */
    public CertificateId id() {
        return CertificateId.of(names, directory, profile);
    }

    /** Whether it is what is wanted, for a host at least. */
    boolean serves(Wanted.Ordered wanted, String host) {
        return directory.equals(wanted.issuer().directory())
                && Objects.equals(profile, wanted.profile())
                && Coverage.covers(names, host);
    }

    /** Whether it was there before a new one was asked for. */
    boolean isOlderThan(@Nullable Instant reissuedAt, Instant now) {
        return reissuedAt != null && !reissuedAt.isAfter(now) && obtainedAt.isBefore(reissuedAt);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Held" + names + " until " + notAfter;
    }
}
