package dev.berth.proxy.handover;

import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an elder that leaves says of what is still in flight there, until it has ended. One that has
 * been silent for long counts as ended, so that it cannot keep further edges from taking over; but
 * it is listened to until it really has. Thread-safe but for {@link #follow}.
 */
final class ElderReports {
    private static final Logger LOG = LoggerFactory.getLogger(ElderReports.class);

    /** It reports every second; beyond this no snapshot waits for it to have seen it. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Wire wire;
    private final Duration silent;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Said last;
    private volatile boolean left;

    /** It may be silent for that long. */
    ElderReports(Wire wire, Duration silent) {
        this.wire = wire;
        this.silent = silent;
    }

    private record Said(EdgeReport report, long nanoTime) {}

    /** Takes a report in; one that cannot be read, of another build, counts as none. */
    void note(String report) {
        try {
            last = new Said(Json.read(report, EdgeReport.class), System.nanoTime());
        } catch (IllegalArgumentException e) {
            LOG.warn("the edge before this one reports what cannot be read: {}", e.getMessage());
        }
    }

    /** There are no more reports. */
    void end() {
        last = null;
        ended.countDown();
    }

    /** It has left for good. */
    void left() {
        left = true;
    }

    /** Whether it has left for good, or has ended. */
    boolean hasLeft() {
        return left || ended();
    }

    /** Takes in what it says while it leaves: that it has left, or a report. */
    void take(String line) {
        if (line.equals(Words.LEFT)) {
            left();
        } else {
            note(line);
        }
    }

    boolean ended() {
        return ended.getCount() == 0;
    }

    /**
     * Takes in all that it says; returns when it has closed.
     *
     * @param since when it was silent first, for all we know; of {@link System#nanoTime}
     * @param onReport called when there is news; must not block
     * @param onTakenBack called when it says that it serves on
     */
    void follow(long since, Runnable onReport, Runnable onTakenBack) {
        long heard = since;
        try {
            while (true) {
                String line = wire.pollLine(LOOK);
                if (line != null) {
                    heard = System.nanoTime();
                    if (line.startsWith(Words.REFUSED)) {
                        onTakenBack.run();
                    } else {
                        take(line);
                    }
                    onReport.run();
                } else if (!ended() && System.nanoTime() - heard > silent.toNanos()) {
                    countAsEnded();
                    onReport.run();
                }
            }
        } catch (HandoverException e) {
            LOG.info("the edge before this one has ended");
        } finally {
            end();
            onReport.run();
        }
    }

    private void countAsEnded() {
        LOG.warn(
                "the edge before this one (process {}) is about to end, but has said nothing for {} s"
                        + " and counts as ended; if it stays, end it: kill -9 {}",
                wire.pid(),
                silent.toSeconds(),
                wire.pid());
        end();
    }

    /** Adds to a report of ours what the elder still does. */
    EdgeReport complete(EdgeReport own) {
        Said said = last;
        return said == null
                ? own
                : JointReport.of(
                        own, said.report(), System.nanoTime() - said.nanoTime() < LATE.toNanos());
    }

    /** Has the elder end its streams, and waits until it has ended; whether it has in time. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        if (!ended()) {
            try {
                wire.send(Words.HURRY);
            } catch (HandoverException e) {
                LOG.debug("it has just ended, or is stuck", e);
            }
        }
        return ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
