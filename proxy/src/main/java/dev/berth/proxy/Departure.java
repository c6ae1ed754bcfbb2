package dev.berth.proxy;

import dev.berth.proxy.handover.Elder;
import dev.berth.proxy.handover.Successor;
import dev.berth.proxy.listen.Drain;
import dev.berth.schemas.edge.EdgeReport;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an edge leaves when another one takes over:
 *
 * <ol>
 *   <li>It gives up its {@link Seat}, and reports to its successor, which speaks for both. It
 *       accepts connections as before; should the successor come to nothing, it takes its seat
 *       back.
 *   <li>Once the successor has settled, it accepts no connection; those that it has get their
 *       answers, with the word that it is the last. Streams have the grace of their route.
 *   <li>It takes snapshots on, so that what is held here goes on when its app is there.
 *   <li>It ends when no connection is left, and after five minutes at the latest. A further
 *       successor does not wait for so long: then streams end at once, and requests have as long as
 *       when an edge stops.
 * </ol>
 */
final class Departure implements Elder {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

    /** As long as streams have where nothing else is said. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** For whoever watches pids to learn of the new one first. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);
    private static final Duration ONE_TURN = Duration.ofSeconds(2);

    private final Works works;
    private final Doors doors;
    private final Seat seat;
    private final Takeover before;
    private final CountDownLatch done = new CountDownLatch(1);

    /** Of an edge that took over from the one {@code before}, or began anew. */
    Departure(Works works, Doors doors, Seat seat, Takeover before) {
        this.works = works;
        this.doors = doors;
        this.seat = seat;
        this.before = before;
    }

    /** Returns when another edge serves and nothing is in flight here any more. */
    void await() throws InterruptedException {
        done.await();
    }

    @Override
    public boolean awaitAlone(Duration atMost) throws InterruptedException {
        return before.awaitEnd(atMost);
    }

    @Override
    public boolean freeze(Duration atMost) throws InterruptedException {
        return works.link().freeze(atMost);
    }

    @Override
    public long version() {
        return works.link().state().version();
    }

    @Override
    public void thaw() {
        works.link().thaw();
    }

    @Override
    public Map<String, FileDescriptor> sockets() {
        return doors.descriptors();
    }

    @Override
    public void makeWay(Successor successor) {
        seat.giveUp();
        successor.report(works.link().state());
    }

    @Override
    public void takeBack() {
        seat.takeBack(this);
    }

    @Override
    public void leave(Successor successor) {
        leaveTo(successor);
    }

    private void leaveTo(@Nullable Successor successor) {
        LOG.info("another edge serves from now on; answering what is in flight");
        seat.leave();
        doors.close();
        Thread.ofPlatform().daemon().name("departure").start(() -> drainAll(successor));
    }

    /** The edge before this one serves on after all, and has said so late: it has the sockets. */
    void giveWay() {
        LOG.warn("the edge before this one was stuck and serves on: leaving everything to it");
        seat.giveUp();
        leaveTo(null);
    }

    private void drainAll(@Nullable Successor successor) {
        try (successor) {
            finishAccepting();
            works.connections().drain(Drain.HandOver);
            works.router().leave();
            drain(successor);
            LOG.info("nothing is in flight here any more");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            done.countDown();
        }
    }

    /** A connection that was accepted last may still be on its way to its event loop. */
    private void finishAccepting() {
        for (EventExecutor loop : works.group()) {
            var _ = loop.submit(() -> {}).awaitUninterruptibly(ONE_TURN.toMillis());
        }
    }

    private void drain(@Nullable Successor successor) throws InterruptedException {
        long earliest = System.nanoTime() + SHORTEST.toNanos();
        long end = System.nanoTime() + LONGEST.toNanos();
        boolean hurried = false;
        long reported = System.nanoTime();
        EdgeReport last = works.link().state();
        while (System.nanoTime() - earliest < 0
                || (!works.connections().awaitNone(Duration.ZERO) && System.nanoTime() - end < 0)) {
            if (!hurried && (successor == null || successor.hurries(Duration.ZERO))) {
                hurried = true;
                end =
                        Math.min(
                                end,
                                System.nanoTime() + works.config().timeouts().drain().toNanos());
                works.router().endStreams();
            }
            works.news().await(LOOK);
            EdgeReport now = works.link().state();
            if (!now.equals(last) || System.nanoTime() - reported > REPORT_EVERY.toNanos()) {
                report(now, successor);
                last = now;
                reported = System.nanoTime();
            }
        }
        works.router().endStreams();
        if (!works.connections().awaitNone(works.config().timeouts().linger())) {
            LOG.warn("{} connections were still busy and are cut", works.connections().count());
        }
    }

    private static void report(EdgeReport state, @Nullable Successor successor) {
        if (successor != null) {
            successor.report(state);
        }
    }
}
