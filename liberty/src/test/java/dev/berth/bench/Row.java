package dev.berth.bench;

import java.time.Duration;

/**
 * One line of the table.
 *
 * @param bar what is to be reached; empty when nothing is
 * @param verdict whether it was; empty without a bar
 */
public record Row(String what, String result, String bar, String verdict) {
    /** A line without a bar. */
    public static Row plain(String what, String result) {
        return new Row(what, result, "", "");
    }

    /** A line with a bar. */
    public static Row judged(String what, String result, String bar, boolean met) {
        return new Row(what, result, bar, met ? "met" : "**missed**");
    }

    /** A line whose 95th percentile is to stay below a limit. */
    public static Row judged(String what, Samples samples, Duration limit) {
        return judged(
                what,
                samples.toString(),
                "p95 < %d ms".formatted(limit.toMillis()),
                samples.percentile(95).compareTo(limit) < 0);
    }

    @SuppressWarnings("SystemOut") // the result of the program
    public void print() {
        System.out.println(this);
    }

    /** As Markdown. */
    @Override
    public String toString() {
        return "| %s | %s | %s | %s |".formatted(what, result, bar, verdict);
    }
}
