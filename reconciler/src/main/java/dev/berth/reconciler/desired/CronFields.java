package dev.berth.reconciler.desired;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The five fields of a cron expression, each a set of numbers as bits. Pure.
 *
 * @param weekdays 0 and 7 are Sunday; both are set or none
 * @param everyDay whether the field of days begins with {@code *}
 * @param everyWeekday likewise that of weekdays
 * @param everyHour likewise that of hours, or that it has them all
 */
record CronFields(
        long minutes,
        long hours,
        long days,
        long months,
        long weekdays,
        boolean everyDay,
        boolean everyWeekday,
        boolean everyHour) {
    private static final String FORM =
            "expected five fields, minute hour day-of-month month day-of-week, such as"
                    + " \"0 3 * * *\", or one of @hourly, @daily, @weekly, @monthly, @yearly";
    private static final Map<String, String> WORDS =
            Map.of(
                    "@hourly", "0 * * * *",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@weekly", "0 0 * * 0",
                    "@monthly", "0 0 1 * *",
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *");
    private static final List<String> MONTHS =
            List.of(
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec");
    private static final List<String> WEEKDAYS =
            List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final long SUNDAYS = 1L | (1L << 7);
    private static final long ALL_HOURS = (1L << 24) - 1;
    private static final Pattern SPACE = Pattern.compile("[ \\t]+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    /** What a text was understood as. */
    sealed interface Parsed {}

    record Right(CronFields fields) implements Parsed {}

    record Wrong(String message) implements Parsed {}

    /** One of the five, in the order written. */
    private enum Field {
        MINUTE("minute", 0, 59),
        HOUR("hour", 0, 23),
        DAY("day-of-month", 1, 31),
        MONTH("month", 1, 12),
        WEEKDAY("day-of-week", 0, 7);

        private final String says;
        private final int min;
        private final int max;

        Field(String says, int min, int max) {
            this.says = says;
            this.min = min;
            this.max = max;
        }

        /** Names of its numbers, from the lowest on; Sunday has one name for two. */
        private List<String> names() {
            return switch (this) {
                case MINUTE, HOUR, DAY -> List.of();
                case MONTH -> MONTHS;
                case WEEKDAY -> WEEKDAYS;
            };
        }

        private String allowed() {
            String numbers = "%d to %d".formatted(min, max);
            return names().isEmpty()
                    ? numbers
                    : "%s or %s to %s".formatted(numbers, names().getFirst(), names().getLast());
        }
    }

    /** Not a set of numbers. */
    private static final class BadField extends Exception {
        private static final long serialVersionUID = 1L;

        BadField(Field field, String got, String expected) {
            super("%s: expected %s, got \"%s\"".formatted(field.says, expected, got));
        }
    }

    static Parsed parse(String text) {
        String trimmed = text.strip();
        if (trimmed.equals("@reboot")) {
            return new Wrong("@reboot is no time; " + FORM);
        }
        String expression = WORDS.getOrDefault(trimmed.toLowerCase(Locale.ROOT), trimmed);
        List<String> parts = SPACE.splitAsStream(expression).toList();
        if (parts.size() != 5) {
            return new Wrong("%s; got \"%s\"".formatted(FORM, trimmed));
        }
        try {
            CronFields fields = of(parts);
            return fields.ever()
                    ? new Right(fields)
                    : new Wrong("\"%s\" never comes: no such day is in its months".formatted(text));
        } catch (BadField e) {
            return new Wrong(String.valueOf(e.getMessage()));
        }
    }

    private static CronFields of(List<String> parts) throws BadField {
        List<Long> sets = new ArrayList<>();
        Iterator<String> part = parts.iterator();
        for (Field field : Field.values()) {
            sets.add(set(field, part.next()));
        }
        long weekdays = sets.get(4);
        boolean sunday = has(weekdays, 0) || has(weekdays, 7);
        return new CronFields(
                sets.get(0),
                sets.get(1),
                sets.get(2),
                sets.get(3),
                sunday ? weekdays | SUNDAYS : weekdays,
                parts.get(2).startsWith("*"),
                parts.get(4).startsWith("*"),
                parts.get(1).startsWith("*") || sets.get(1) == ALL_HOURS);
    }

    private static long set(Field field, String list) throws BadField {
        long set = 0;
        for (String item : list.split(",", -1)) {
            set |= range(field, item);
        }
        return set;
    }

    private static long range(Field field, String item) throws BadField {
        int slash = item.indexOf('/');
        String span = slash < 0 ? item : item.substring(0, slash);
        int step = slash < 0 ? 1 : step(field, item, item.substring(slash + 1));
        int dash = span.indexOf('-');
        int from;
        int to;
        if (span.equals("*")) {
            from = field.min;
            to = field == Field.WEEKDAY ? 6 : field.max;
        } else if (dash > 0) {
            from = number(field, span.substring(0, dash));
            to = number(field, span.substring(dash + 1));
        } else if (slash >= 0) {
            throw new BadField(
                    field,
                    item,
                    "a step after * or a range, such as */5 or %s-%d/5".formatted(span, field.max));
        } else {
            from = number(field, span);
            to = from;
        }
        if (from > to) {
            throw new BadField(field, item, "a range that goes up");
        }
        long set = 0;
        for (int i = from; i <= to; i += step) {
            set |= 1L << i;
        }
        return set;
    }

    private static int step(Field field, String item, String text) throws BadField {
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) == 0) {
            throw new BadField(field, item, "a step of 1 or more after the /");
        }
        return Integer.parseInt(text);
    }

    private static int number(Field field, String text) throws BadField {
        int named = field.names().indexOf(text.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return named + field.min;
        }
        if (NUMBER.matcher(text).matches()) {
            int number = Integer.parseInt(text);
            if (number >= field.min && number <= field.max) {
                return number;
            }
        }
        throw new BadField(field, text, field.allowed() + ", a range, a list or *");
    }

    /** False for the 30th of February. */
    private boolean ever() {
        boolean byWeekday = !everyWeekday && !everyDay;
        return byWeekday
                || IntStream.rangeClosed(1, 12)
                        .filter(month -> has(months, month))
                        .anyMatch(
                                month ->
                                        IntStream.rangeClosed(1, Month.of(month).maxLength())
                                                .anyMatch(day -> has(days, day)));
    }

    boolean fit(LocalDateTime time) {
        return has(minutes, time.getMinute())
                && fitsHour(time.getHour())
                && fit(time.toLocalDate());
    }

    boolean fitsHour(int hour) {
        return has(hours, hour);
    }

    boolean fit(LocalDate day) {
        if (!has(months, day.getMonthValue())) {
            return false;
        }
        boolean byDay = has(days, day.getDayOfMonth());
        boolean byWeekday = has(weekdays, day.getDayOfWeek().getValue());
        return (everyDay || everyWeekday) ? byDay && byWeekday : byDay || byWeekday;
    }

    private static boolean has(long set, int number) {
        return ((set >> number) & 1) == 1;
    }
}
