package dev.berth.liberty.health;

import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/** Counts passes and changes since the start. Thread-safe. */
public final class PassTally implements Consumer<PassReport> {
    private long passes;
    private Duration spent = Duration.ZERO;
    private Duration last = Duration.ZERO;
    private final EnumMap<PassReport.Result, Long> changes = new EnumMap<>(PassReport.Result.class);

    /**
     * The counts at one moment.
     *
     * @param spent in all passes together
     * @param last the newest pass took
     * @param changes by how they ended
     */
    public record Counts(
            long passes, Duration spent, Duration last, Map<PassReport.Result, Long> changes) {}

    @Override
    public synchronized void accept(PassReport report) {
        passes++;
        spent = spent.plus(report.duration());
        last = report.duration();
        report.changes().forEach(change -> changes.merge(change.outcome(), 1L, Long::sum));
    }

    /** What was counted so far. */
    public synchronized Counts counts() {
        return new Counts(passes, spent, last, Map.copyOf(changes));
    }
}
