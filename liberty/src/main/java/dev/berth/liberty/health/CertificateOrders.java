package dev.berth.liberty.health;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many tries to have a certificate ended how since this process began.
 *
 * @param byOutcome by a word in lower case, such as {@code issued}
 */
public record CertificateOrders(SortedMap<String, Long> byOutcome) {
    public CertificateOrders {
        byOutcome = Collections.unmodifiableSortedMap(new TreeMap<>(byOutcome));
    }

    /** Likewise, in any order. */
    public static CertificateOrders of(Map<String, Long> byOutcome) {
        return new CertificateOrders(new TreeMap<>(byOutcome));
    }
}
