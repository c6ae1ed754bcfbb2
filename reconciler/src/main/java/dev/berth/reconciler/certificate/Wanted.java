package dev.berth.reconciler.certificate;

import dev.berth.reconciler.secret.SecretRef;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A certificate that hosts should have. Names are lower case; some may start with {@code *.}. */
public sealed interface Wanted {
    /** The hosts it is for; never empty. */
    SortedSet<String> names();

    /**
     * One that is ordered. Pure data.
     *
     * @param profile the authority's name for a kind of certificate; {@code null} = its usual one
     * @param reissuedAt what was issued before is replaced and revoked; {@code null} = never
     */
    record Ordered(
            SortedSet<String> names,
            Issuer issuer,
            Method method,
            @Nullable String profile,
            @Nullable Instant reissuedAt)
            implements Wanted {
        public Ordered {
            names = copy(names);
        }

        /** The same for some of the names. */
        Ordered only(SortedSet<String> some) {
            return new Ordered(some, issuer, method, profile, reissuedAt);
        }

        /** The same for one of the names. */
        Ordered alone(String host) {
            return only(new TreeSet<>(List.of(host)));
        }

        /** What it is called. */
        public CertificateId id() {
            return CertificateId.of(names, issuer.directory(), profile);
        }
    }

    /** One that a Secret holds: chain and key in PEM. */
    record Brought(SortedSet<String> names, SecretRef chain, SecretRef key) implements Wanted {
        public Brought {
            names = copy(names);
        }
    }

    /**
     * One that is not ordered; no secret holds one either.
     *
     * @param why what is missing
     */
    record Lacking(SortedSet<String> names, Why why) implements Wanted {
        public Lacking {
            names = copy(names);
        }
    }

    /** Why none is ordered. */
    enum Why {
        /** The Instance names no authority. */
        NO_AUTHORITY,
        /** It is of a preview, and no certificate of a wildcard covers it. */
        PREVIEW,
        /** It can be proven by DNS only, and nobody may write there. */
        NO_DNS
    }

    /** How it is shown that a host is ours. */
    enum Method {
        HTTP_01,
        DNS_01
    }

    private static SortedSet<String> copy(SortedSet<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a certificate of no host");
        }
        return Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
}
