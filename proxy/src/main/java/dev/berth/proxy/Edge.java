package dev.berth.proxy;

import dev.berth.proxy.handover.HandoverServer;
import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.handover.Predecessor;
import dev.berth.proxy.listen.Drain;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running edge: how it begins to serve, and how it stops. */
public final class Edge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

    private final Works works;
    private final Takeover takeover = new Takeover();
    private final Doors doors;
    private final Seat seat;
    private final Departure departure;

    private Edge(EdgeConfig config, HandoverServer.Patience patience) throws IOException {
        this.works = new Works(config, new SplittableRandom(), this::httpsPort, takeover::complete);
        this.doors = new Doors(works);
        this.seat = new Seat(works, patience);
        this.departure = new Departure(works, doors, seat, takeover);
    }

    /**
     * How an edge comes by its sockets.
     *
     * @param given some that are open already; the rest it opens
     * @param upgrade whether it takes over from the edge that runs with the same home, instead
     * @param patience with its own successor
     */
    public record Start(ListeningSockets given, boolean upgrade, HandoverServer.Patience patience) {
        /** It opens them. */
        public static Start alone() {
            return given(ListeningSockets.none());
        }

        /** Some are given. */
        public static Start given(ListeningSockets sockets) {
            return new Start(sockets, false, HandoverServer.Patience.DEFAULT);
        }

        /** It takes over. */
        public static Start upgrading() {
            return new Start(ListeningSockets.none(), true, HandoverServer.Patience.DEFAULT);
        }
    }

    /**
     * Starts an edge: restores the last good snapshot, listens, and connects to control.
     *
     * @throws IOException if a port is taken
     */
    public static Edge start(EdgeConfig config) throws IOException {
        return start(config, Start.alone());
    }

    /**
     * The same, with sockets that are open already.
     *
     * @throws IOException if a port is taken, or nothing can be taken over: then whoever serves
     *     goes on
     */
    public static Edge start(EdgeConfig config, Start start) throws IOException {
        Edge edge = new Edge(config, start.patience());
        try {
            edge.begin(start);
            return edge;
        } catch (IOException | RuntimeException e) {
            edge.abandon();
            throw e;
        }
    }

    private void begin(Start start) throws IOException {
        works.link().restore();
        doors.open(
                start.upgrade()
                        ? takeover.begin(works, Predecessor.Patience.DEFAULT)
                        : start.given());
        takeover.makeWay(doors::accept);
        seat.take(takeover.begun());
        doors.accept();
        takeover.settle(this::heard, departure::giveWay);
        showOnceAlone();
        doors.openHttp3();
        works.load();
        LOG.info(
                "serving http on port {}, https on port {} ({})",
                port(),
                httpsPort(),
                works.transport());
    }

    private void heard() {
        works.news().raise();
        showOnceAlone();
    }

    /** Until then the other one may still say that it serves on: then it is to be found, not us. */
    private void showOnceAlone() {
        if (takeover.alone()) {
            seat.show(departure);
        }
    }

    /** The other one, if there is one, has everything again; what was accepted is answered. */
    private void abandon() {
        seat.giveUp();
        seat.leave();
        takeover.close();
        doors.close();
        drain(Drain.HandOver);
        release();
    }

    /** The port on which it serves. */
    public int port() {
        return doors.httpPort();
    }

    /** The port on which it serves TLS. */
    public int httpsPort() {
        return doors.httpsPort();
    }

    /** The port of the admin server; 0 when there is none. */
    public int adminPort() {
        return seat.adminPort();
    }

    /** Serves a snapshot that did not come from control; for tests and tools. */
    public boolean apply(Snapshot snapshot) {
        return works.applied().apply(snapshot);
    }

    /** Whether clients are told that HTTP/3 is served, which they are once it was seen to work. */
    public boolean offersHttp3() {
        return works.altSvc().offered();
    }

    /** Requests between edge and backends. */
    public List<InFlight> inFlight() {
        return works.router().inFlight();
    }

    /** The Prometheus page. */
    public String metrics() {
        return works.readings().page();
    }

    /** Returns once another edge has taken over and nothing is in flight here any more. */
    public void awaitReplaced() throws InterruptedException {
        departure.await();
    }

    /**
     * Stops accepting, ends streams, lets requests in flight end for as long as the limit says, and
     * stops.
     */
    @Override
    public void close() {
        seat.end();
        doors.close();
        works.router().endStreams();
        drain(Drain.Stop);
        seat.close();
        release();
    }

    private void drain(Drain how) {
        Duration atMost = works.config().timeouts().drain();
        try {
            works.connections().drain(how);
            if (!works.connections().awaitNone(atMost)) {
                LOG.warn(
                        "{} connections were still busy after {} s and are cut",
                        works.connections().count(),
                        atMost.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        doors.closeHttp3();
        works.close();
    }
}
