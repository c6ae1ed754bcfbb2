package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a forge may be asked again: what it said of that is kept, so that a forge that wants to be
 * left alone is not asked at all. Thread-safe.
 */
final class Patience {
    /** GitHub's own advice for when it does not say. */
    static final Duration USUAL = Duration.ofMinutes(1);

    /** Windows of forges are an hour; a longer one is a clock that is wrong. */
    private static final Duration MOST = Duration.ofHours(1);

    private final Clockwork clock;
    private volatile @Nullable Deadline until;

    Patience(Clockwork clock) {
        this.clock = clock;
    }

    /** Time until it may be asked; zero when it may be now. */
    Duration left() {
        Deadline end = until;
        return end == null ? Duration.ZERO : end.left(clock);
    }

    /**
     * Takes note of what an answer says.
     *
     * @return how long to wait; {@code null} when the answer is not about that
     */
    @Nullable Duration heed(Answer answer) {
        boolean refused = Set.of(403, 429, 503).contains(answer.status());
        Duration wait = refused ? after(answer) : null;
        if (wait == null && used(answer)) {
            wait = reset(answer);
            wait = wait == null && refused ? USUAL : wait;
        }
        if (wait == null && (answer.status() == 429 || isSecondary(answer))) {
            wait = USUAL;
        }
        if (wait != null) {
            wait = wait.compareTo(MOST) < 0 ? wait : MOST;
            until = Deadline.in(wait, clock);
        }
        return refused ? wait : null;
    }

    private static boolean isSecondary(Answer answer) {
        return answer.status() == 403 && answer.said().contains("rate limit");
    }

    private static boolean used(Answer answer) {
        return "0".equals(answer.field("X-RateLimit-Remaining"))
                || "0".equals(answer.field("RateLimit-Remaining"));
    }

    /** RFC 9110 section 10.2.3. */
    private @Nullable Duration after(Answer answer) {
        OptionalInt seconds = answer.number("Retry-After");
        if (seconds.isPresent()) {
            return Duration.ofSeconds(seconds.getAsInt());
        }
        Instant at = date(answer.field("Retry-After"));
        return at == null ? null : until(at, answer);
    }

    private @Nullable Duration reset(Answer answer) {
        String at = answer.field("X-RateLimit-Reset");
        String reset = at == null ? answer.field("RateLimit-Reset") : at;
        return reset != null && reset.matches("[0-9]{1,11}")
                ? until(Instant.ofEpochSecond(Long.parseLong(reset)), answer)
                : null;
    }

    /** By the forge's own clock, where it tells it. */
    private Duration until(Instant at, Answer answer) {
        Instant there = date(answer.field("Date"));
        Duration left = Duration.between(there == null ? clock.instant() : there, at);
        return left.isPositive() ? left.plusSeconds(1) : Duration.ofSeconds(1);
    }

    private static @Nullable Instant date(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
