package dev.berth.reconciler.cleanup;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Amounts as people read them. */
public final class Bytes {
    private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");

    private Bytes() {}

    /** Such as {@code 213 MiB} and {@code 1.4 GiB}. */
    public static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        double number = bytes / 1024.0;
        int unit = 0;
        while (number >= 1024 && unit < UNITS.size() - 1) {
            number /= 1024;
            unit++;
        }
        return String.format(
                Locale.ROOT, number < 10 ? "%.1f %s" : "%.0f %s", number, UNITS.get(unit));
    }

    /** Such as {@code 7 days} and {@code 1 hour}. */
    static String text(Duration time) {
        if (time.toDays() > 0) {
            return count(time.toDays(), "day");
        }
        return time.toHours() > 0
                ? count(time.toHours(), "hour")
                : count(time.toMinutes(), "minute");
    }

    private static String count(long number, String noun) {
        return number == 1 ? "1 " + noun : number + " " + noun + "s";
    }
}
