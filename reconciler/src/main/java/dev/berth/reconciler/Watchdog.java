package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.status.Overdue;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says so when the config repo was not read for three poll intervals, whatever keeps Berth from it:
 * a repo that does not answer is told of by each pass, but a loop that hangs makes none. It shares
 * no thread and no lock with the loop.
 */
public final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int INTERVALS = 3;

    /** A look at a slow repo, and what goes before it, may take so long. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private final Polls polls;
    private final Supplier<@Nullable PassReport> newest;
    private final Consumer<PassReport> publish;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private volatile boolean closed;
    private boolean barked;

    /** How the looks at the config repo go. Any thread. */
    public interface Polls {
        /** Time since the last that succeeded, or since the start, by a clock that never jumps. */
        Duration sinceRead();

        /** Time between two looks. */
        Duration pollInterval();

        /** True when none has succeeded for three intervals, and for a minute at least. */
        default boolean overdue() {
            Duration most = pollInterval().multipliedBy(INTERVALS);
            return sinceRead().compareTo(most.compareTo(LEAST) < 0 ? LEAST : most) > 0;
        }
    }

    /**
     * Makes one that does not watch yet.
     *
     * @param newest the newest pass; {@code null} before there is one
     * @param publish takes what the newest pass would say by now
     */
    public Watchdog(
            Polls polls,
            Supplier<@Nullable PassReport> newest,
            Consumer<PassReport> publish,
            Clockwork clock) {
        this.polls = polls;
        this.newest = newest;
        this.publish = publish;
        this.clock = clock;
        this.bell = clock.bell();
    }

    public void start() {
        clock.start("berth-watchdog", this::run);
    }

    private void run() {
        try {
            while (!closed) {
                look();
                var _ = bell.await(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        boolean overdue = polls.overdue();
        String why =
                "no look at the config repo has succeeded for %d s; if the repo answers, restart Berth and report its log"
                        .formatted(polls.sinceRead().toSeconds());
        if (overdue != barked) {
            barked = overdue;
            if (overdue) {
                LOG.error("{}", why);
            } else {
                LOG.info("the config repo is read again");
            }
        }
        PassReport pass = newest.get();
        if (overdue && pass != null && !Overdue.isToldBy(pass)) {
            Instant now = clock.instant();
            publish.accept(Overdue.in(pass, why, now.minus(polls.sinceRead()), now));
        }
    }

    @Override
    public void close() {
        closed = true;
        bell.ring();
    }
}
