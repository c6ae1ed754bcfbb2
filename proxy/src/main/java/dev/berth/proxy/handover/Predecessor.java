package dev.berth.proxy.handover;

import dev.berth.schemas.edge.EdgeReport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge that is taken over from: gives its sockets, and then tells what is still in flight
 * there. {@link #complete} and {@link #awaitEnd} by any thread, the rest by one. {@link Words} has
 * what is said.
 */
public final class Predecessor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);

    private final Wire wire;
    private final boolean old;
    private final Patience patience;
    private final ElderReports reports;
    private List<String> names = List.of();

    private Predecessor(Wire wire, boolean old, Patience patience) {
        this.wire = wire;
        this.old = old;
        this.patience = patience;
        this.reports = new ElderReports(wire, patience.silent());
    }

    /**
     * How long a successor waits.
     *
     * @param answer for the next word of its elder
     * @param offer for its offer: it may wait for its own elder first
     * @param silent how long an elder that leaves may say nothing before it counts as stuck; it
     *     reports every second
     */
    public record Patience(Duration answer, Duration offer, Duration silent) {
        /** No answer takes an elder more than a moment. */
        public static final Patience DEFAULT =
                new Patience(
                        Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(15));

        private static final Duration OLD_MOMENT = Duration.ofMillis(300);
    }

    /**
     * Connects to the edge that listens there.
     *
     * @throws HandoverException if none does, or it does not answer
     */
    public static Predecessor connect(Path socket, EventLoopGroup group, Patience patience)
            throws HandoverException {
        Wire wire = Wire.connect(socket, group);
        try {
            wire.send(Words.HELLO);
            Predecessor found = new Predecessor(wire, false, patience);
            String answer = found.hear(patience.answer());
            if (answer.equals(Words.HELLO)) {
                return found;
            }
            wire.close();
            if (answer.startsWith(Words.REFUSED) && answer.contains(Words.OLD_HELLO)) {
                return connectOld(socket, group, patience);
            }
            throw new HandoverException("the running edge says \"%s\"".formatted(said(answer)));
        } catch (HandoverException e) {
            wire.close();
            throw e;
        }
    }

    /** To an edge of an older build, which says so and is still busy saying it. */
    private static Predecessor connectOld(Path socket, EventLoopGroup group, Patience patience)
            throws HandoverException {
        LOG.info("the running edge is of an older build");
        LockSupport.parkNanos(Patience.OLD_MOMENT.toNanos());
        Wire wire = Wire.connect(socket, group);
        wire.send(Words.OLD_HELLO);
        return new Predecessor(wire, true, patience);
    }

    /**
     * Awaits the offer of its sockets.
     *
     * @return version of the snapshot that it serves, and takes no other until it is told more
     * @throws HandoverException if it refuses
     */
    public long awaitOffer() throws HandoverException {
        String offer = said(hear(patience.offer()));
        if (!offer.matches("offer [0-9]{1,18}( [a-z0-9-]+)+")) {
            throw new HandoverException("the running edge offers \"%s\"".formatted(offer));
        }
        List<String> words = List.of(offer.split(" ", -1));
        names = words.subList(2, words.size());
        return Long.parseLong(words.get(1));
    }

    /** Takes the sockets that were offered. */
    public ListeningSockets takeSockets() throws HandoverException {
        Map<String, FileDescriptor> sockets = new LinkedHashMap<>();
        try {
            wire.expectDescriptors();
            wire.send(Words.READY);
            for (String name : names) {
                sockets.put(name, wire.descriptor(patience.answer()));
            }
            wire.expectLines();
            return new ListeningSockets(sockets);
        } catch (HandoverException e) {
            sockets.values().forEach(ListeningSockets::close);
            throw e;
        }
    }

    /**
     * Tells it that we could serve; returns when it has given up what only one of us can have, and
     * has reported for the first time. One that has died in between has left us alone, which is as
     * good.
     *
     * @param accept called first if it is of an older build, which stops accepting on that word
     * @throws HandoverException if it has changed its mind: it serves on, and we must not
     */
    public void takeOver(Runnable accept) throws HandoverException {
        if (old) {
            accept.run();
        }
        say(Words.SERVING);
        String answer = pollUnlessDead(patience.answer());
        if (answer == null) {
            if (reports.ended()) {
                return;
            }
            throw stuck(patience.answer());
        }
        if (!said(answer).equals(Words.LEAVING)) {
            throw new HandoverException("the running edge says \"%s\"".formatted(answer));
        }
        String report = pollUnlessDead(patience.answer());
        if (report != null) {
            reports.note(said(report));
        } else if (!reports.ended()) {
            LOG.warn("the edge before this one does not say what it has in flight");
        }
    }

    /**
     * Tells it that we have what it gave up, and serve; returns when it has left for good, or can
     * be counted on no more: it finds our word when it goes on. {@link #left} says which.
     *
     * @param onReport called when there is news of it; must not block
     * @param onTakenBack called when it serves on after all, which it says late only after it was
     *     stuck: we must let go
     * @throws HandoverException if it serves on, and we must not
     */
    public void settle(Runnable onReport, Runnable onTakenBack) throws HandoverException {
        long since = System.nanoTime();
        if (old) {
            reports.left();
        } else if (!reports.ended()) {
            say(Words.SETTLED);
            awaitLeft();
        }
        if (!reports.ended()) {
            Thread.ofVirtual()
                    .name("predecessor")
                    .start(() -> reports.follow(since, onReport, onTakenBack));
        }
    }

    /** Whether it has left for good, or has ended: nobody serves but us. */
    public boolean left() {
        return reports.hasLeft();
    }

    /** What it does not take any more is no error: what it said before it closed says why. */
    private void say(String word) {
        try {
            wire.send(word);
        } catch (HandoverException e) {
            LOG.debug("what it said before it closed says why", e);
        }
    }

    /** Its first report may come as late as this, when it was stalled. */
    private void awaitLeft() throws HandoverException {
        long end = System.nanoTime() + patience.answer().toNanos();
        while (!reports.hasLeft()) {
            String line = pollUnlessDead(Duration.ofNanos(end - System.nanoTime()));
            if (line != null) {
                reports.take(said(line));
            } else if (!reports.ended()) {
                LOG.warn(stuck(patience.answer()).getMessage());
                return;
            }
        }
    }

    private @Nullable String pollUnlessDead(Duration atMost) throws HandoverException {
        try {
            return wire.pollLine(atMost);
        } catch (HandoverException e) {
            if (!wire.atEnd()) {
                throw e;
            }
            LOG.warn("the edge before this one has died while it was replaced");
            reports.end();
            return null;
        }
    }

    /** Adds to a report of ours what it still does. */
    public EdgeReport complete(EdgeReport own) {
        return reports.complete(own);
    }

    /** Has it end its streams, and waits until it has ended; whether it has in time. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return reports.awaitEnd(atMost);
    }

    /** Lets go of it: if it has not left, it serves on. */
    @Override
    public void close() {
        wire.close();
    }

    private String hear(Duration atMost) throws HandoverException {
        String line = wire.pollLine(atMost);
        if (line == null) {
            throw stuck(atMost);
        }
        return line;
    }

    private HandoverException stuck(Duration atMost) {
        return new HandoverException(
                ("the running edge (process %d) has said nothing for %d s and may be stuck. If it does"
                                + " not serve any more, end it (kill -9 %d) and start Berth again; else"
                                + " try the upgrade again")
                        .formatted(wire.pid(), atMost.toSeconds(), wire.pid()));
    }

    private static String said(String line) throws HandoverException {
        if (line.startsWith(Words.REFUSED)) {
            throw new HandoverException(
                    "the running edge refuses to be replaced: "
                            + line.substring(Words.REFUSED.length()));
        }
        return line;
    }
}
