package dev.berth.reconciler;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.status.Overdue;
import dev.berth.schemas.status.PassReport;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
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
    private final Board board;
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

    /** Where the newest pass is for all to see. Any thread. */
    @FunctionalInterface
    public interface Board {
        /** Has it say what the amendment makes of it; nothing happens when there is none yet. */
        void amend(UnaryOperator<PassReport> amendment);
    }

    /** Makes one that does not watch yet. */
    public Watchdog(Polls polls, Board board, Clockwork clock) {
        this.polls = polls;
        this.board = board;
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
        if (overdue) {
            Instant now = clock.instant();
            Instant since = now.minus(polls.sinceRead());
            board.amend(pass -> Overdue.isToldBy(pass) ? pass : Overdue.in(pass, why, since, now));
        }
    }

    @Override
    public void close() {
        closed = true;
        bell.ring();
    }
}
