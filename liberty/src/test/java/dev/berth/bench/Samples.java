package dev.berth.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times of one thing done again and again. Confined to one thread. */
public final class Samples {
    private final List<Duration> times = new ArrayList<>();

    public void add(Duration time) {
        times.add(time);
    }

    /** How many there are. */
    public int count() {
        return times.size();
    }

    /**
     * The smallest time that so many percent of all do not exceed (nearest rank).
     *
     * @param percent above 0, up to 100
     * @throws IllegalStateException when there are none
     */
    public Duration percentile(int percent) {
        if (times.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        int rank = Math.ceilDiv(times.size() * percent, 100);
        return times.stream().sorted().toList().get(rank - 1);
    }

    /** Half of all, 95 of 100 and the worst, in milliseconds. */
    @Override
    public String toString() {
        return "p50 %s, p95 %s, worst %s ms (n = %d)"
                .formatted(
                        millis(percentile(50)),
                        millis(percentile(95)),
                        millis(percentile(100)),
                        count());
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.0f", time.toNanos() / 1e6);
    }
}
