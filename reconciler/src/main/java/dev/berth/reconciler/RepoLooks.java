package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.source.GitSource;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.trigger.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The looks at the config repo: which pass waits for one and for how long, and when the next is
 * due. Confined to the loop's thread, but for what says that any may call it.
 */
public final class RepoLooks implements Watchdog.Polls {
    /** So long a pass waits for the config repo that is not about it. */
    private static final Duration MOMENT = Duration.ofMillis(500);

    private final GitSource source;
    private final Pace pace;
    private final Clockwork clock;
    private volatile Duration pollInterval = Duration.ofSeconds(30);
    private volatile @Nullable Instant lastRead;
    private volatile long readAt;
    private @Nullable SourceReading lastReading;
    private boolean fresh;
    private int failures;
    private long lastLook;
    private Deadline nextPoll;

    public RepoLooks(GitSource source, Pace pace, Clockwork clock) {
        this.source = source;
        this.pace = pace;
        this.clock = clock;
        this.lastLook = clock.nanos();
        this.readAt = lastLook;
        this.nextPoll = new Deadline(lastLook).later(pollInterval);
    }

    /** How long to wait between two looks at the repos. */
    @FunctionalInterface
    public interface Pace {
        /**
         * The wait until the next look.
         *
         * @param interval what the user wants
         * @param failures looks in a row that failed
         */
        Duration next(Duration interval, int failures);
    }

    /**
     * What the repo says to a pass. Whoever waits for a sleeping app does not wait for a look at a
     * Git server as well; nor does what is to be done after work that has ended, or at a time. What
     * is repaired waits a moment at most, and not at all once a server has let it wait.
     *
     * @param pressed true when something wants a pass that is not about the config repo: then
     *     nobody waits for that
     * @throws InterruptedException if the process ends meanwhile
     */
    SourceReading read(Trigger trigger, Instant now, BooleanSupplier pressed)
            throws InterruptedException {
        SourceReading known = lastReading;
        fresh = false;
        if (known == null || known instanceof SourceReading.Unavailable) {
            return look(now, null, () -> false); // without it nothing can be done
        }
        return switch (trigger) {
            case Trigger.WakeRequested _,
                    Trigger.WorkEnded _,
                    Trigger.ScheduleDue _,
                    Trigger.CertificateChanged _ ->
                    known;
            case Trigger.Started _, Trigger.Poll _, Trigger.RepoChanged _ ->
                    look(now, known, pressed);
            case Trigger.EngineChanged _,
                    Trigger.EngineBack _,
                    Trigger.EdgeConnected _,
                    Trigger.HistoryRead _,
                    Trigger.RetryDue _,
                    Trigger.StandingChanged _ -> {
                Deadline end = Deadline.in(source.isLooking() ? Duration.ZERO : MOMENT, clock);
                yield look(now, known, () -> end.over(clock));
            }
        };
    }

    /**
     * What the repo says now, however long that takes.
     *
     * @throws InterruptedException if the process ends meanwhile
     */
    SourceReading readNow(Instant now) throws InterruptedException {
        return look(now, lastReading, () -> false);
    }

    /** True when what was read last is what a look found just then. */
    boolean isFresh() {
        return fresh;
    }

    /**
     * What a look finds; what was known before if it goes on longer than anybody waits for it.
     *
     * @param enough never true while nothing is known
     */
    private SourceReading look(Instant now, @Nullable SourceReading known, BooleanSupplier enough)
            throws InterruptedException {
        SourceReading found = source.latestVerified(enough);
        fresh = found != null;
        SourceReading reading = found == null ? Objects.requireNonNull(known) : found;
        if (found != null) {
            took(found, now);
        }
        lastReading = reading;
        return reading;
    }

    private void took(SourceReading reading, Instant now) {
        if (reading.answered()) {
            failures = 0;
            lastRead = now;
            readAt = clock.nanos();
        } else {
            failures++;
        }
        looked(clock.nanos());
    }

    private void looked(long when) {
        lastLook = when;
        nextPoll = new Deadline(when).later(pace.next(pollInterval, failures));
    }

    /** Looks so often from now on. */
    void every(Duration interval) {
        if (!interval.equals(pollInterval)) {
            pollInterval = interval;
            looked(lastLook);
        }
    }

    /** When the repos are to be looked at again; later while that fails. */
    Deadline next() {
        return nextPoll;
    }

    /** When the config repo was last read with success; {@code null} before that. Any thread. */
    public @Nullable Instant lastRead() {
        return lastRead;
    }

    @Override
    public Duration sinceRead() {
        return Duration.ofNanos(clock.nanos() - readAt);
    }

    /** Time between two looks at the repos that the user wants. Any thread. */
    @Override
    public Duration pollInterval() {
        return pollInterval;
    }
}
