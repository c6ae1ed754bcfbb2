package dev.berth.reconciler.certificate;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What time it is: certificates begin and end by the clock of who issues them. Pure data.
 *
 * @param here by this host's clock
 * @param ahead how much that is ahead of the clocks of authorities, by their directories; those
 *     that are not in it agree with it, as far as is known
 */
record Times(Instant here, Map<URI, Duration> ahead) {
    Times {
        ahead = Map.copyOf(ahead);
    }

    /** The same everywhere. */
    static Times everywhere(Instant here) {
        return new Times(here, Map.of());
    }

    /** By the clock of an authority. */
    Instant at(URI directory) {
        return here.minus(ahead.getOrDefault(directory, Duration.ZERO));
    }

    /** Whether clients still take it. */
    boolean lasts(Held held) {
        return held.notAfter().isAfter(at(held.directory()));
    }
}
