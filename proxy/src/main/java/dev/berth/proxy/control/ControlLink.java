package dev.berth.proxy.control;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.probe.Prober;
import dev.berth.proxy.routing.Router;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge's end of the link to control. One thread takes snapshots by long poll, applies and keeps
 * them; another one reports, whole state each time: within 100 ms of something worth telling, and
 * every 5 s. Control being away only ends the news: traffic goes on.
 */
public final class ControlLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLink.class);
    private static final Pattern VERSION = Pattern.compile("\"version\"\\s*:\\s*(\\d{1,18})\\b");
    private static final Duration EVERY = Duration.ofSeconds(5);

    /** Waited for more news before a report goes out. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private final String edge;
    private final ControlClient client;
    private final SnapshotFile file;
    private final Object fileLock = new Object();
    private final Applied applied;
    private final Router router;
    private final Prober prober;
    private final Apps apps;
    private final Signal news;
    private final AtomicBoolean routesWanted = new AtomicBoolean(true);
    private final Thread poller;
    private final Thread reporter;
    private long seen;

    /**
     * A link that is not started.
     *
     * @param edge random id of this process
     * @param control address of control
     * @param tokenFile holds the bearer token
     * @param snapshotFile where the last good snapshot is kept
     * @param news raised when there is something to report
     */
    public ControlLink(
            String edge,
            URI control,
            Path tokenFile,
            Path snapshotFile,
            Served served,
            Signal news) {
        this.edge = edge;
        this.client = new ControlClient(control, tokenFile);
        this.file = new SnapshotFile(snapshotFile);
        this.applied = served.applied();
        this.router = served.router();
        this.prober = served.prober();
        this.apps = served.apps();
        this.news = news;
        // Virtual, because an interrupt then ends also a wait for control's answer.
        this.poller = Thread.ofVirtual().name("control-poll").unstarted(this::pollAll);
        this.reporter = Thread.ofVirtual().name("control-report").unstarted(this::reportAll);
    }

    /** The parts of the edge that the link changes and reports on. */
    public record Served(Applied applied, Router router, Prober prober, Apps apps) {}

    /** Serves the snapshot on disk, if there is a good one. Before {@link #start}. */
    public void restore() {
        Snapshot kept = file.read();
        if (kept != null && applied.apply(kept)) {
            seen = kept.version();
        }
    }

    /** Starts taking and reporting. */
    public void start() {
        poller.start();
        reporter.start();
    }

    @Override
    public void close() {
        poller.interrupt();
        reporter.interrupt();
    }

    private void pollAll() {
        LinkState link = new LinkState("taking snapshots");
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Duration wait = poll(link);
                if (wait.isPositive()) {
                    Thread.sleep(wait);
                }
            }
        } catch (InterruptedException e) {
            // the edge stops
        }
    }

    private Duration poll(LinkState link) {
        try {
            ControlClient.Answer answer = client.poll(seen);
            switch (answer.status()) {
                case 200 -> {
                    if (!take(answer.body())) {
                        return link.fails("control sent a snapshot without a version");
                    }
                }
                case 204 -> {}
                case 401, 403 -> {
                    return link.fails("control refuses the token (HTTP 401)");
                }
                default -> {
                    return link.fails("control answered HTTP " + answer.status());
                }
            }
            if (link.works()) {
                routesWanted.set(true);
                news.raise();
            }
            return Duration.ZERO;
        } catch (IOException e) {
            return link.fails("control cannot be reached (" + reason(e) + ")");
        } catch (RuntimeException e) {
            // A bug in taking one snapshot must not end the taking of all that follow.
            LOG.error("a snapshot could not be taken because of a bug in the edge", e);
            return link.fails("failed with " + e);
        }
    }

    /**
     * Serves a snapshot or refuses it. A refused version counts as seen: asking for it again would
     * bring it again at once.
     *
     * @return false when it does not even say its version
     */
    private boolean take(String json) {
        Snapshot snapshot;
        try {
            snapshot = Json.read(json, Snapshot.class);
        } catch (IllegalArgumentException e) {
            Matcher version = VERSION.matcher(json);
            boolean known = version.find();
            long refused = known ? Long.parseLong(version.group(1)) : 0;
            applied.reject(refused, String.valueOf(e.getMessage()));
            seen = known ? refused : seen;
            news.raise();
            return known;
        }
        seen = snapshot.version();
        if (applied.apply(snapshot)) {
            synchronized (fileLock) {
                file.write(snapshot);
            }
        }
        news.raise();
        return true;
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
            ControlClient.Answer answer = client.report(state(withRoutes));
            if (answer.status() / 100 == 2) {
                if (link.works() && !withRoutes) {
                    routesWanted.set(true);
                    news.raise();
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
            return link.fails("control cannot be reached (" + reason(e) + ")");
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
        String problem;
        synchronized (fileLock) {
            file.retry();
            problem = file.problem();
        }
        Applied.State state = applied.state();
        return new EdgeReport(
                edge,
                state.version(),
                state.rejected(),
                withRoutes ? state.routes() : null,
                router.inFlight(),
                prober.results(),
                apps.wakes().asked(),
                idle(),
                problem);
    }

    private Map<String, Duration> idle() {
        Map<String, Duration> idle = new TreeMap<>();
        apps.all()
                .forEach(
                        (app, state) ->
                                idle.put(
                                        app,
                                        Duration.ofSeconds(
                                                state.activity().idleNanos() / 1_000_000_000L)));
        return idle;
    }

    private static @Nullable String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
