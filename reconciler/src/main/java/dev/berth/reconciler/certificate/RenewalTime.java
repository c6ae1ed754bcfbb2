package dev.berth.reconciler.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/** When a certificate is replaced. */
public final class RenewalTime {
    private static final int THIRDS = 3;
    private static final double JITTER = 0.02;

    private RenewalTime() {}

    /** So long none is replaced; by its age alone for a part of its lifetime, too. */
    private static final Duration YOUNG = Duration.ofHours(1);

    /** As often as authorities are asked for a window. */
    private static final Duration YOUNG_IN_WINDOW = Duration.ofHours(6);

    private static final int YOUNG_SHARE = 30;

    private static final int LAST_SHARE = 6;

    /**
     * The time in which the authority wants it replaced (RFC 9773 section 4.2).
     *
     * @param end after {@code start}
     */
    public record Window(Instant start, Instant end) {}

    /**
     * A moment of the authority's window, the same each time that it is asked for; in a window that
     * is over, its end. Without one, at two thirds of the lifetime: up to 2 % of it sooner, so that
     * what was ordered together is not renewed together.
     *
     * <p>Never while it is young, whatever the authority or a clock that is ahead says: each new
     * one would be due at once, too. A window that is over says that the authority is about to
     * revoke, which it must within a day, so then it is young for six hours at most. And never
     * because of a window when less than a sixth of its lifetime is left, nor after its end.
     */
    public static Instant of(Held held, @Nullable Window window) {
        Duration life = life(held);
        Instant due = ofAge(held);
        Duration young = longer(YOUNG, life.dividedBy(YOUNG_SHARE));
        if (window != null) {
            young = YOUNG_IN_WINDOW;
            Duration wide = Duration.between(window.start(), window.end());
            Instant asked = window.start().plus(share(wide, random(held).nextDouble()));
            due = earlier(asked, held.notAfter().minus(life.dividedBy(LAST_SHARE)));
        }
        Duration half = life.dividedBy(2);
        Instant old = held.obtainedAt().plus(young.compareTo(half) < 0 ? young : half);
        return earlier(due.isBefore(old) ? old : due, held.notAfter());
    }

    /** When nobody asks for another moment, as young as it may be. */
    static Instant ofAge(Held held) {
        Duration life = life(held);
        return held.notBefore()
                .plus(life.multipliedBy(2).dividedBy(THIRDS))
                .minus(share(life, JITTER * random(held).nextDouble()));
    }

    /** The same each time for the same names. */
    private static RandomGenerator random(Held held) {
        return RandomGeneratorFactory.of("L64X128MixRandom")
                .create(Long.parseUnsignedLong(held.id().text(), 16));
    }

    private static Duration life(Held held) {
        return Duration.between(held.notBefore(), held.notAfter());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Duration share(Duration whole, double share) {
        return Duration.ofMillis(Math.round(whole.toMillis() * share));
    }
}
