package dev.berth.proxy.control;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.probe.Prober;
import dev.berth.proxy.routing.Router;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge's end of the link to control. One thread takes snapshots; another one reports, whole
 * state each time: within 100 ms of something worth telling, and every 5 s. Control being away only
 * ends the news: traffic goes on.
 */
public final class ControlLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLink.class);
    private static final Duration EVERY = Duration.ofSeconds(5);

    /** Waited for more news before a report goes out. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private static final Duration LAST_REPORT = Duration.ofSeconds(1);

    private final String edge;
    private final ControlClient client;
    private final SnapshotIntake intake;
    private final Served served;
    private final Signal news;
    private final UnaryOperator<EdgeReport> completed;
    private final AtomicBoolean routesWanted = new AtomicBoolean(true);
    private volatile Thread reporter;

    /**
     * A link that is not started.
     *
     * @param edge random id of this process
     * @param control address of control
     * @param tokenFile holds the bearer token
     * @param snapshotFile where the last good snapshot is kept
     * @param news raised when there is something to report
     * @param completed adds to each report what is not this process's own
     */
    public ControlLink(
            String edge,
            URI control,
            Path tokenFile,
            Path snapshotFile,
            Served served,
            Signal news,
            UnaryOperator<EdgeReport> completed) {
        this.edge = edge;
        this.client = new ControlClient(control, tokenFile);
        this.intake =
                new SnapshotIntake(
                        client,
                        new SnapshotFile(snapshotFile),
                        served.applied(),
                        news::raise,
                        this::tellAll);
        this.served = served;
        this.news = news;
        this.completed = completed;
        this.reporter = reporter();
    }

    private Thread reporter() {
        return Thread.ofVirtual().name("control-report").unstarted(this::reportAll);
    }

    /** The parts of the edge that the link changes and reports on. */
    public record Served(Applied applied, Router router, Prober prober, Apps apps) {}

    /** Serves the snapshot on disk, if there is a good one. Before {@link #start}. */
    public void restore() {
        intake.restore();
    }

    /** Starts taking and reporting. */
    public void start() {
        intake.start();
        reporter.start();
    }

    /**
     * Takes no snapshot until {@link #thaw}, which the same thread calls; what is served is then
     * what is on disk.
     *
     * @return false when it is still taking one after that time
     */
    public boolean freeze(Duration atMost) throws InterruptedException {
        return intake.freeze(atMost);
    }

    /** Takes snapshots again. */
    public void thaw() {
        intake.thaw();
    }

    /**
     * Leaves reports and the file to another edge, which says the rest from {@link #state}; serves
     * new snapshots on.
     */
    public void leaveToSuccessor() {
        intake.keepNoMore();
        reporter.interrupt();
        try {
            reporter.join(LAST_REPORT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reports again, and has the file again, after all. Between freeze and thaw. */
    public void takeBack() {
        intake.keepAgain();
        routesWanted.set(true);
        reporter = reporter();
        reporter.start();
    }

    /** What this process has to say now, without the routes. Any thread. */
    public EdgeReport state() {
        return state(false);
    }

    @Override
    public void close() {
        intake.close();
        reporter.interrupt();
    }

    private void tellAll() {
        routesWanted.set(true);
        news.raise();
    }

    private void reportAll() {
        LinkState link = new LinkState("reporting");
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = report(link);
                if (wait.isPositive()) {
                    Thread.sleep(wait);
                } else {
                    news.await(EVERY);
                    Thread.sleep(GATHER);
                }
            }
        } catch (InterruptedException e) {
            // the edge stops
        }
    }

    private Duration report(LinkState link) {
        boolean withRoutes = routesWanted.getAndSet(false);
        try {
            ControlClient.Answer answer = client.report(completed.apply(state(withRoutes)));
            if (answer.status() / 100 == 2) {
                if (link.works() && !withRoutes) {
                    tellAll();
                }
                return Duration.ZERO;
            }
            routesWanted.set(true);
            return switch (answer.status()) {
                case 409 -> withRoutes ? link.fails("control wants routes it was given") : soon();
                case 401, 403 -> link.fails("control refuses the token (HTTP 401)");
                default -> link.fails("control answered HTTP " + answer.status());
            };
        } catch (IOException e) {
            routesWanted.set(true);
            return link.fails("control cannot be reached (" + ControlClient.reason(e) + ")");
        } catch (RuntimeException e) {
            LOG.error("a report could not be made because of a bug in the edge", e);
            return link.fails("failed with " + e);
        }
    }

    private Duration soon() {
        news.raise();
        return Duration.ZERO;
    }

    private EdgeReport state(boolean withRoutes) {
        Applied.State state = served.applied().state();
        return new EdgeReport(
                edge,
                state.version(),
                state.rejected(),
                withRoutes ? state.routes() : null,
                served.router().inFlight(),
                served.prober().results(),
                served.apps().wakes().asked(),
                idle(),
                intake.problem());
    }

    private Map<String, Duration> idle() {
        Map<String, Duration> idle = new TreeMap<>();
        served.apps()
                .all()
                .forEach(
                        (app, state) ->
                                idle.put(
                                        app,
                                        Duration.ofSeconds(
                                                state.activity().idleNanos() / 1_000_000_000L)));
        return idle;
    }
}
