package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CronScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static CronSchedule schedule(String text, ZoneId zone) {
        return switch (CronSchedule.parse(text, zone)) {
            case CronSchedule.Right(var schedule) -> schedule;
            case CronSchedule.Wrong(var message) -> throw new AssertionError(message);
        };
    }

    private static String wrong(String text) {
        return switch (CronSchedule.parse(text, UTC)) {
            case CronSchedule.Right(var schedule) -> throw new AssertionError(schedule.text());
            case CronSchedule.Wrong(var message) -> message;
        };
    }

    /** The first times after one, as the clocks of the zone show them; and the same from behind. */
    private static List<String> times(String text, ZoneId zone, String after, int count) {
        CronSchedule schedule = schedule(text, zone);
        Instant begin = Instant.parse(after);
        List<Instant> forth = new ArrayList<>();
        Instant at = begin;
        for (int i = 0; i < count; i++) {
            at = Objects.requireNonNull(schedule.firstAfter(at));
            forth.add(at);
        }
        List<Instant> back = new ArrayList<>();
        for (Instant last = forth.getLast();
                last != null;
                last = schedule.lastBetween(begin, last.minusSeconds(1))) {
            back.addFirst(last);
        }
        assertThat(back).as("from behind").isEqualTo(forth);
        return forth.stream()
                .map(time -> ZonedDateTime.ofInstant(time, zone))
                .map(time -> time.toLocalDateTime() + time.getOffset().toString())
                .toList();
    }

    @Test
    void firstAfter_everyDay_isAtItsTimeInTheZone() {
        assertThat(times("0 3 * * *", BERLIN, "2026-11-21T09:00:00Z", 2))
                .containsExactly("2026-11-22T03:00+01:00", "2026-11-23T03:00+01:00");
    }

    @Test
    void firstAfter_theTimeItself_isTheNext() {
        assertThat(times("*/20 * * * *", UTC, "2026-11-21T09:00:00Z", 3))
                .containsExactly("2026-11-21T09:20Z", "2026-11-21T09:40Z", "2026-11-21T10:00Z");
    }

    @Test
    void lastBetween_theTimeItself_isThat() {
        Instant nine = Instant.parse("2026-11-21T09:00:00Z");

        assertThat(schedule("0 9 * * *", UTC).lastBetween(nine.minusSeconds(1), nine))
                .isEqualTo(nine);
        assertThat(schedule("0 9 * * *", UTC).lastBetween(nine, nine.plusSeconds(999))).isNull();
    }

    @Test
    void firstAfter_timeThatClocksSkip_isTheFirstMinuteAfterIt() {
        assertThat(times("30 2 * * *", BERLIN, "2026-03-28T12:00:00Z", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(times("0,30 2,4 * * *", BERLIN, "2026-03-28T12:00:00Z", 3))
                .containsExactly(
                        "2026-03-29T03:00+02:00",
                        "2026-03-29T04:00+02:00",
                        "2026-03-29T04:30+02:00");
    }

    @Test
    void firstAfter_timeThatClocksHaveTwice_isDueOnce() {
        assertThat(times("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
    }

    @Test
    void firstAfter_everyHour_goesByTimeWhateverClocksShow() {
        assertThat(times("0 * * * *", BERLIN, "2026-10-24T23:30:00Z", 4))
                .containsExactly(
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T03:00+01:00",
                        "2026-10-25T04:00+01:00");
        assertThat(times("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 2))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00");
    }

    @Test
    void firstAfter_midnightThatClocksSkip_isTheFirstMinuteOfTheDay() {
        ZoneId cairo = ZoneId.of("Africa/Cairo"); // 2024-04-26 begins at 01:00 there

        assertThat(times("@daily", cairo, "2024-04-25T00:00:00Z", 2))
                .containsExactly("2024-04-26T01:00+03:00", "2024-04-27T00:00+03:00");
    }

    @Test
    void firstAfter_halfAnHourForward_losesNothing() {
        ZoneId island = ZoneId.of("Australia/Lord_Howe"); // 2026-10-04: 02:00 -> 02:30

        assertThat(times("15 1,2,3 * * *", island, "2026-10-03T13:00:00Z", 3))
                .containsExactly(
                        "2026-10-04T01:15+10:30",
                        "2026-10-04T02:30+11:00",
                        "2026-10-04T03:15+11:00");
    }

    @Test
    void firstAfter_dayOfMonthAndOfWeek_areDueOnEither() {
        assertThat(times("0 0 13 * 5", UTC, "2026-11-09T00:00:00Z", 3))
                .containsExactly("2026-11-13T00:00Z", "2026-11-20T00:00Z", "2026-11-27T00:00Z");
        assertThat(times("0 0 14 * 5", UTC, "2026-11-09T00:00:00Z", 3))
                .containsExactly("2026-11-13T00:00Z", "2026-11-14T00:00Z", "2026-11-20T00:00Z");
    }

    @Test
    void firstAfter_starWithAStepAndDayOfWeek_areDueOnBoth() {
        assertThat(times("0 0 */2 * 1", UTC, "2026-11-01T00:00:00Z", 2))
                .containsExactly("2026-11-09T00:00Z", "2026-11-23T00:00Z");
    }

    @Test
    void firstAfter_namesAndSundayAsSeven_areUnderstood() {
        assertThat(times("0 3 * JAN,mar mon-fri", UTC, "2026-12-31T00:00:00Z", 1))
                .containsExactly("2027-01-01T03:00Z");
        assertThat(times("0 0 * * 7", UTC, "2026-11-21T00:00:00Z", 1))
                .isEqualTo(times("0 0 * * sun", UTC, "2026-11-21T00:00:00Z", 1))
                .containsExactly("2026-11-22T00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "@hourly,  2026-11-21T10:00Z",
        "@daily,   2026-11-22T00:00Z",
        "@weekly,  2026-11-22T00:00Z",
        "@monthly, 2026-12-01T00:00Z",
        "@yearly,  2027-01-01T00:00Z",
        "0 0 29 2 *, 2028-02-29T00:00Z"
    })
    void firstAfter_wordOrRareDay_isFound(String text, String first) {
        assertThat(times(text, UTC, "2026-11-21T09:00:00Z", 1)).containsExactly(first);
    }

    @Test
    void firstAfter_wholeYearsOfEveryZoneKind_neverSkipsADailyTime() {
        for (String zone :
                List.of("Europe/Berlin", "America/New_York", "Asia/Gaza", "Pacific/Chatham")) {
            CronSchedule daily = schedule("45 2 * * *", ZoneId.of(zone));
            Instant at = Instant.parse("2026-01-01T12:00:00Z");
            for (int day = 0; day < 730; day++) {
                Instant next = Objects.requireNonNull(daily.firstAfter(at));
                assertThat(Duration.between(at, next))
                        .as("%s after %s", zone, at)
                        .isLessThan(Duration.ofHours(26));
                at = next;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 3 * *", "0 3 * * * *", "@dayly", "@reboot"})
    void parse_notFiveFields_saysTheForm(String text) {
        assertThat(wrong(text)).contains("five fields", "\"0 3 * * *\"", "@daily");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "61 * * * * | minute: expected 0 to 59",
                "* 24 * * * | hour: expected 0 to 23",
                "* * 0 * * | day-of-month: expected 1 to 31",
                "* * * fed * | month: expected 1 to 12 or jan to dec",
                "* * * * 8 | day-of-week: expected 0 to 7 or sun to sat",
                "5-1 * * * * | minute: expected a range that goes up",
                "*/0 * * * * | minute: expected a step of 1 or more",
                "5/15 * * * * | minute: expected a step after * or a range, such as */5 or 5-59/5",
                "1,,2 * * * * | minute: expected 0 to 59",
                "* * 30 2 * | never comes",
            })
    void parse_badField_saysWhichAndWhatIsAllowed(String text, String message) {
        assertThat(wrong(text)).contains(message);
    }
}
