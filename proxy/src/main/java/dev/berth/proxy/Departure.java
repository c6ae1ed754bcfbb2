package dev.berth.proxy;

import dev.berth.proxy.control.ControlLink;
import dev.berth.proxy.control.Signal;
import dev.berth.proxy.handover.Elder;
import dev.berth.proxy.handover.Predecessor;
import dev.berth.proxy.handover.Successor;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.listen.Drain;
import dev.berth.proxy.routing.Router;
import dev.berth.schemas.edge.EdgeReport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an edge leaves when another one has taken over:
 *
 * <ol>
 *   <li>It reports to control no more but to its successor, which speaks for both, and gives up its
 *       admin port.
 *   <li>It accepts no connection; those that it has get their answers, with the word that it is the
 *       last. Streams have the grace of their route.
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

    private final Parts parts;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean begun;

    Departure(Parts parts) {
        this.parts = parts;
    }

    /**
     * What is left behind.
     *
     * @param predecessor the edge that this one took over from
     * @param stopListening closes all sockets, also the admin server's
     * @param requests how long they have once the end is near
     * @param goodbye how long streams have to end by themselves
     */
    record Parts(
            ControlLink link,
            Signal news,
            Router router,
            Connections connections,
            Doors doors,
            EventLoopGroup group,
            @Nullable Predecessor predecessor,
            Runnable stopListening,
            Duration requests,
            Duration goodbye) {}

    /** Whether another edge serves. */
    boolean begun() {
        return begun;
    }

    /** Returns when another edge serves and nothing is in flight here any more. */
    void await() throws InterruptedException {
        done.await();
    }

    @Override
    public boolean awaitAlone(Duration atMost) throws InterruptedException {
        Predecessor before = parts.predecessor();
        return before == null || before.awaitEnd(atMost);
    }

    @Override
    public long freeze() {
        parts.link().freeze();
        return parts.link().state().version();
    }

    @Override
    public void thaw() {
        parts.link().thaw();
    }

    @Override
    public Map<String, FileDescriptor> sockets() {
        return parts.doors().descriptors();
    }

    @Override
    public void leave(Successor successor) {
        begun = true;
        LOG.info("another edge serves from now on; answering what is in flight");
        parts.link().leaveToSuccessor();
        parts.stopListening().run();
        successor.report(parts.link().state());
        Thread.ofPlatform().daemon().name("departure").start(() -> drainAll(successor));
    }

    private void drainAll(Successor successor) {
        try (successor) {
            finishAccepting();
            parts.connections().drain(Drain.HandOver);
            parts.router().leave();
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
        for (EventExecutor loop : parts.group()) {
            var _ = loop.submit(() -> {}).awaitUninterruptibly(ONE_TURN.toMillis());
        }
    }

    private void drain(Successor successor) throws InterruptedException {
        long earliest = System.nanoTime() + SHORTEST.toNanos();
        long end = System.nanoTime() + LONGEST.toNanos();
        boolean hurried = false;
        long reported = System.nanoTime();
        EdgeReport last = parts.link().state();
        while (System.nanoTime() - earliest < 0
                || (!parts.connections().awaitNone(Duration.ZERO) && System.nanoTime() - end < 0)) {
            if (!hurried && successor.hurries(Duration.ZERO)) {
                hurried = true;
                end = Math.min(end, System.nanoTime() + parts.requests().toNanos());
                parts.router().endStreams();
            }
            parts.news().await(LOOK);
            EdgeReport now = parts.link().state();
            if (!now.equals(last) || System.nanoTime() - reported > REPORT_EVERY.toNanos()) {
                successor.report(now);
                last = now;
                reported = System.nanoTime();
            }
        }
        parts.router().endStreams();
        if (!parts.connections().awaitNone(parts.goodbye())) {
            LOG.warn("{} connections were still busy and are cut", parts.connections().count());
        }
    }
}
