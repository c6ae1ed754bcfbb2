package dev.berth.reconciler.desired;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The times at which something is due, to the minute, in a time zone. As vixie cron has it:
 *
 * <ol>
 *   <li>When both day of month and day of week are restricted, a day that fits either one counts;
 *       one that begins with {@code *} restricts nothing more than its step does, and then both
 *       have to fit.
 *   <li>With fixed hours, a time that a day skips, because clocks go forward, is due in the first
 *       minute that the day has after it; a time that a day has twice is due the first time only.
 *   <li>With {@code *} for hours it is due as time goes by, whatever clocks show.
 * </ol>
 *
 * <p>Immutable.
 */
public final class CronSchedule {
    /** A 29 February may be 8 years away. */
    private static final Duration FARTHEST = Duration.ofDays(366L * 9);

    private final String text;
    private final ZoneId zone;
    private final CronFields fields;

    private CronSchedule(String text, ZoneId zone, CronFields fields) {
        this.text = text;
        this.zone = zone;
        this.fields = fields;
    }

    /** What an expression was understood as. */
    public sealed interface Parsed {}

    /** A schedule. */
    public record Right(CronSchedule schedule) implements Parsed {}

    /** None; for people: what is wrong and what is allowed. */
    public record Wrong(String message) implements Parsed {}

    /** Reads {@code minute hour day-of-month month day-of-week}, or a word such as @daily. */
    public static Parsed parse(String text, ZoneId zone) {
        return switch (CronFields.parse(text)) {
            case CronFields.Right(var fields) -> new Right(new CronSchedule(text, zone, fields));
            case CronFields.Wrong(var message) -> new Wrong(message);
        };
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    public ZoneId zone() {
        return zone;
    }

    /** The first time after that one; {@code null} when there is none in the next years. */
    public @Nullable Instant firstAfter(Instant after) {
        Instant at = after.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        Instant end = after.plus(FARTHEST);
        while (at.isBefore(end)) {
            if (isDue(at)) {
                return at;
            }
            at = earlier(forth(at), nextTransition(at));
        }
        return null;
    }

    /** The last time after the one and not after the other; {@code null} when there is none. */
    public @Nullable Instant lastBetween(Instant after, Instant until) {
        Instant at = until.truncatedTo(ChronoUnit.MINUTES);
        while (at.isAfter(after)) {
            if (isDue(at)) {
                return at;
            }
            at = later(back(at), transitionBefore(at));
        }
        return null;
    }

    private boolean isDue(Instant at) {
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        boolean due = fields.fit(local) && (fields.everyHour() || !isSecondTime(at, local));
        return due || (!fields.everyHour() && endsAGapWithATime(at));
    }

    private boolean isSecondTime(Instant at, LocalDateTime local) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        return offsets.size() == 2 && !zone.getRules().getOffset(at).equals(offsets.getFirst());
    }

    private boolean endsAGapWithATime(Instant at) {
        ZoneOffsetTransition change = zone.getRules().previousTransition(at.plusSeconds(1));
        if (change == null || !change.isGap() || !change.getInstant().equals(at)) {
            return false;
        }
        LocalDateTime skipped = change.getDateTimeBefore();
        while (skipped.isBefore(change.getDateTimeAfter())) {
            if (fields.fit(skipped)) {
                return true;
            }
            skipped = skipped.plusMinutes(1);
        }
        return false;
    }

    /** What lies between is not due, but maybe a transition. */
    private Instant forth(Instant at) {
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        LocalDate day = local.toLocalDate();
        if (!fields.fit(day)) {
            return later(startOf(day.plusDays(1)), at.plus(1, ChronoUnit.MINUTES));
        }
        int minutes = fields.fitsHour(local.getHour()) ? 1 : 60 - local.getMinute();
        return at.plus(minutes, ChronoUnit.MINUTES);
    }

    private Instant back(Instant at) {
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        Instant before = at.minus(1, ChronoUnit.MINUTES);
        LocalDate day = local.toLocalDate();
        if (!fields.fit(day)) {
            return earlier(startOf(day), before);
        }
        return fields.fitsHour(local.getHour())
                ? before
                : earlier(at.minus(local.getMinute(), ChronoUnit.MINUTES), before);
    }

    private Instant startOf(LocalDate day) {
        return day.atStartOfDay(zone).toInstant();
    }

    private Instant nextTransition(Instant at) {
        ZoneOffsetTransition next = zone.getRules().nextTransition(at);
        return next == null ? Instant.MAX : next.getInstant();
    }

    private Instant transitionBefore(Instant at) {
        ZoneOffsetTransition before = zone.getRules().previousTransition(at);
        return before == null ? Instant.MIN : before.getInstant();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule that
                && text.equals(that.text)
                && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return 31 * text.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return text + " " + zone;
    }
}
