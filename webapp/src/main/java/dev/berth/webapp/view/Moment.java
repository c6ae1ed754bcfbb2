package dev.berth.webapp.view;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A point in time as people read it.
 *
 * @param iso for machines, to the second
 * @param ago {@code 12 s ago}, {@code 3 h ago}; of one that is to come {@code in 3 h}
 * @param exact in UTC, for the tooltip
 */
public record Moment(String iso, String ago, String exact) {
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    public static Moment of(Instant at, Instant now) {
        return new Moment(
                at.truncatedTo(ChronoUnit.SECONDS).toString(),
                ago(Duration.between(at, now)),
                EXACT.format(at));
    }

    /** Likewise, for a time that may be missing. */
    public static @Nullable Moment ofNullable(@Nullable Instant at, Instant now) {
        return at == null ? null : of(at, now);
    }

    /** One that is to come. */
    public static Moment ahead(Instant at, Instant now) {
        Moment moment = of(at, now);
        long seconds = Duration.between(now, at).toSeconds();
        return new Moment(
                moment.iso(), seconds < 1 ? "now" : "in " + rough(seconds), moment.exact());
    }

    private static String ago(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 1 ? "just now" : rough(seconds) + " ago";
    }

    private static String rough(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }

    /** A length of time: {@code 340 ms}, {@code 2.1 s}, {@code 4 min 10 s}. */
    public static String length(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
}
