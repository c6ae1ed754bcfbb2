package dev.berth.reconciler.certificate;

import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A try that failed, and when the next one is.
 *
 * @param inARow how many of that kind; at least 1
 * @param message for people
 */
public record Setback(Kind kind, int inARow, Instant at, Instant nextTry, String message) {
    private static final double JITTER = 0.1;

    /** Whatever an authority asks for. */
    static final Duration LONGEST = Duration.ofDays(1);

    /** What kind of failure, and with it how long to wait: longer each time, up to the last. */
    public enum Kind {
        /** The authority does not answer, or says that it is its own fault. */
        UNREACHABLE(
                ReasonCode.CertificateAuthorityFailed, seconds(30, 60, 120, 300, 900, 1800, 3600)),
        /** It refuses the numbers it gave out itself; no fault of any host. */
        BAD_NONCE(ReasonCode.CertificateAuthorityFailed, seconds(10, 30, 60, 300)),
        /** The order is still worked at; it is looked at again, and no other is placed. */
        PROCESSING(ReasonCode.CertificateIssuing, seconds(60, 120, 300, 900)),
        /** It refuses the account, the names or the profile: only a change can help. */
        REFUSED(ReasonCode.CertificateAuthorityFailed, seconds(3600, 10_800, 43_200, 86_400)),
        /** It has given out enough for now. */
        RATE_LIMITED(ReasonCode.RateLimited, seconds(3600)),
        /** It could not be shown that the host is ours; five an hour are allowed a host. */
        VALIDATION(ReasonCode.ChallengeFailed, seconds(600, 1800, 3600, 10_800, 43_200, 86_400)),
        /** Seen by ourselves before anything was ordered, which costs nothing. */
        NOT_POINTING(ReasonCode.HostNotPointing, seconds(60, 120, 300, 900)),
        /** Likewise: a record in DNS lets only others issue. */
        CAA(ReasonCode.CaaForbids, seconds(300, 900)),
        /** Records in DNS can't be written. */
        DNS(ReasonCode.DnsProviderFailed, seconds(60, 300, 900, 3600)),
        /** The edge does not take the answer to the challenge. */
        EDGE(ReasonCode.EdgeUnavailable, seconds(10, 30, 60)),
        /** Nothing can be written here. */
        DISK(ReasonCode.DiskFull, seconds(60, 300, 900)),
        /** A fault of ours. */
        INTERNAL(ReasonCode.InternalError, seconds(600, 3600, 21_600));

        private final ReasonCode reason;

        @SuppressWarnings("ImmutableEnumChecker") // no list of this kind is ever changed
        private final List<Duration> waits;

        Kind(ReasonCode reason, List<Duration> waits) {
            this.reason = reason;
            this.waits = waits;
        }

        /** The same for a condition. */
        public ReasonCode reason() {
            return reason;
        }

        /** Whether it is of single hosts, so that the others go on without them. */
        boolean isOfAHost() {
            return switch (this) {
                case VALIDATION, NOT_POINTING, CAA, DNS -> true;
                case UNREACHABLE,
                        BAD_NONCE,
                        PROCESSING,
                        REFUSED,
                        RATE_LIMITED,
                        EDGE,
                        DISK,
                        INTERNAL ->
                        false;
            };
        }

        private static List<Duration> seconds(int... waits) {
            return Arrays.stream(waits).mapToObj(Duration::ofSeconds).toList();
        }
    }

    /**
     * One that follows another.
     *
     * @param before the one before it; {@code null} = it is the first
     * @param notBefore the authority or the provider asks for that; {@code null} = it does not
     */
    static Setback after(
            @Nullable Setback before,
            Kind kind,
            String message,
            @Nullable Instant notBefore,
            Instant now,
            RandomGenerator random) {
        int inARow = before == null || before.kind != kind ? 1 : before.inARow + 1;
        Duration wait = kind.waits.get(Math.min(inARow, kind.waits.size()) - 1);
        Instant next =
                now.plusMillis(Math.round(wait.toMillis() * (1 + JITTER * random.nextDouble())));
        if (notBefore != null
                && notBefore.isAfter(now)
                && (kind == Kind.RATE_LIMITED || notBefore.isAfter(next))) {
            next = notBefore;
        }
        return new Setback(kind, inARow, now, next, message).within(LONGEST);
    }

    /** The same, tried again by then at the latest. */
    Setback within(Duration most) {
        Instant latest = at.plus(most);
        return nextTry.isAfter(latest) ? new Setback(kind, inARow, at, latest, message) : this;
    }
}
