package dev.berth.proxy;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.control.Applied;
import dev.berth.proxy.control.ControlLink;
import dev.berth.proxy.control.Signal;
import dev.berth.proxy.disk.PidFile;
import dev.berth.proxy.encode.EncodedFiles;
import dev.berth.proxy.encode.Encoders;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.front.Front;
import dev.berth.proxy.h2.Http2Protocol;
import dev.berth.proxy.h3.Http3Server;
import dev.berth.proxy.handover.HandoverServer;
import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.handover.Predecessor;
import dev.berth.proxy.http.AltSvc;
import dev.berth.proxy.http.RequestIds;
import dev.berth.proxy.limit.ConnectionCaps;
import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.UnreadBudget;
import dev.berth.proxy.listen.Arrivals;
import dev.berth.proxy.listen.ClientInitializer;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.listen.Drain;
import dev.berth.proxy.listen.Http1Protocol;
import dev.berth.proxy.listen.Listener;
import dev.berth.proxy.listen.TlsInitializer;
import dev.berth.proxy.listen.Transport;
import dev.berth.proxy.observe.AdminServer;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.observe.MetricsPage;
import dev.berth.proxy.probe.HealthWatch;
import dev.berth.proxy.probe.Prober;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.proxy.upstream.UpstreamPool;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.Snapshot;
import dev.berth.telemetry.intake.AccessLog;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running edge and all that belongs to it. */
public final class Edge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
    private static final long LOG_FILE_BYTES = 32L << 20;
    private static final int LOG_FILES_KEPT = 4;
    private static final Duration WARM = Duration.ofSeconds(10);

    private final EdgeConfig config;
    private final List<Counters> counters = new CopyOnWriteArrayList<>();
    private final Signal news = new Signal();
    private final Router router = new Router(news::raise);
    private final Prober prober = new Prober(news::raise);
    private final HealthWatch health = new HealthWatch();
    private final Apps apps = new Apps(System::nanoTime, news::raise);
    private final TlsContexts tls;
    private final Applied applied;
    private final Encoders encoders = new Encoders();
    private final EncodedFiles encodedFiles = new EncodedFiles(encoders);
    private final MemoryBudget memory = MemoryBudget.ofProcess();
    private final UnreadBudget unread = UnreadBudget.ofProcess();
    private final ConnectionCaps caps;
    private final AccessLog accessLog;
    private final EventLoopGroup group;
    private final Front front = new Front();
    private final Connections connections;
    private final Arrivals arrivals;
    private final Thread loading;
    private final String id;
    private final @Nullable Predecessor predecessor;
    private final Doors doors;
    private final Listener listener;
    private final Listener tlsListener;
    private final AltSvc altSvc = new AltSvc();
    private final @Nullable Http3Server http3;
    private final ControlLink link;
    private final Departure departure;
    private final AtomicReference<@Nullable AdminServer> admin = new AtomicReference<>();
    private final AtomicReference<@Nullable HandoverServer> handover = new AtomicReference<>();

    private Edge(EdgeConfig config, Start start, SplittableRandom random) throws IOException {
        this.config = config;
        this.id = new RequestIds(random.split()).next();
        this.caps = new ConnectionCaps(config.connections());
        this.connections = new Connections(caps);
        this.arrivals = new Arrivals(connections, front, config.timeouts());
        this.loading =
                Thread.ofPlatform()
                        .daemon()
                        .name("encoders")
                        .unstarted(() -> encoders.load(config.directory().resolve("native")));
        Transport transport = Transport.best();
        this.accessLog =
                AccessLog.open(
                        config.directory().resolve("access.log"),
                        LOG_FILE_BYTES,
                        LOG_FILES_KEPT,
                        Duration.ofSeconds(1));
        this.tls = TlsContexts.open(config.directory().resolve("tls"), InstantSource.system());
        this.applied = new Applied(router, prober, health, apps, tls, front);
        this.group =
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(),
                        new DefaultThreadFactory("edge", true),
                        transport.handlers());
        this.link =
                new ControlLink(
                        id,
                        config.control(),
                        config.tokenFile(),
                        config.directory().resolve("snapshot.json"),
                        new ControlLink.Served(applied, router, prober, apps),
                        news,
                        this::withPredecessor);
        link.restore();
        EdgeLoops loops = loops(transport, random);
        try {
            this.predecessor = start.upgrade() ? meetPredecessor() : null;
            this.doors = new Doors(group, transport, given(start));
            // TLS first: plain requests may be sent to its port.
            this.tlsListener = doors.open(config.https(), tlsBegin(loops));
            this.listener = doors.open(config.http(), plainBegin(loops));
        } catch (IOException e) {
            release();
            throw e;
        }
        this.departure = new Departure(departureParts());
        try {
            takeOver();
            startAdmin();
        } catch (IOException e) {
            abandon();
            throw e;
        }
        this.http3 = config.http3() ? serveHttp3(transport, loops) : null;
        link.start();
        loading.start();
        awaitSuccessors(start);
        LOG.info(
                "serving http on port {}, https on port {} ({})",
                listener.port(),
                tlsListener.port(),
                transport.name());
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
        return new Edge(config, start, new SplittableRandom());
    }

    /** The port on which it serves. */
    public int port() {
        return listener.port();
    }

    /** The port on which it serves TLS. */
    public int httpsPort() {
        return tlsListener.port();
    }

    /** The port of the admin server; 0 when there is none. */
    public int adminPort() {
        AdminServer server = admin.get();
        return server == null ? 0 : server.port();
    }

    /** Serves a snapshot that did not come from control; for tests and tools. */
    public boolean apply(Snapshot snapshot) {
        return applied.apply(snapshot);
    }

    /** Whether clients are told that HTTP/3 is served, which they are once it was seen to work. */
    public boolean offersHttp3() {
        return altSvc.offered();
    }

    /** Requests between edge and backends. */
    public List<InFlight> inFlight() {
        return router.inFlight();
    }

    /** The Prometheus page. */
    public String metrics() {
        forgetApps();
        Map<String, Long> held = new HashMap<>();
        apps.all().forEach((app, state) -> held.put(app, (long) state.held().count()));
        return MetricsPage.of(
                counters,
                arrivals.handshakes(),
                new MetricsPage.Gauges(
                        connections.count(),
                        connections.accepted(),
                        caps.refused(),
                        connections.headersRefused(),
                        accessLog.dropped(),
                        memory.taken(),
                        router.leftOut(),
                        unread.taken(),
                        unread.givenUp()),
                new MetricsPage.Serving(
                        applied.state().version(),
                        applied.appliedAt(),
                        applied.applied(),
                        applied.refused()),
                new MetricsPage.Parts(router.inFlight(), held, tls.expiries()));
    }

    /** What is counted of an app is shown for as long as it has a route. */
    private void forgetApps() {
        Set<String> routed = new HashSet<>();
        for (Route route : applied.state().routes().routes()) {
            if (route.app() != null) {
                routed.add(route.app());
            }
        }
        counters.forEach(loop -> loop.retain(routed));
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
        HandoverServer successors = handover.getAndSet(null);
        if (successors != null) {
            successors.closeAndDelete();
        }
        if (http3 != null) {
            http3.drain();
        }
        doors.close();
        router.endStreams();
        drain(Drain.Stop);
        link.close();
        stopAdmin();
        awaitLoaded();
        release();
    }

    private void drain(Drain how) {
        try {
            connections.drain(how);
            if (!connections.awaitNone(config.timeouts().drain())) {
                LOG.warn(
                        "{} connections were still busy after {} s and are cut",
                        connections.count(),
                        config.timeouts().drain().toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What writes into our directory ends before we do. */
    private void awaitLoaded() {
        try {
            loading.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ClientInitializer plainBegin(EdgeLoops loops) {
        return new ClientInitializer(arrivals, new Http1Protocol(loops), new Http2Protocol(loops));
    }

    private TlsInitializer tlsBegin(EdgeLoops loops) {
        return new TlsInitializer(
                arrivals, tls, new Http1Protocol(loops), new Http2Protocol(loops));
    }

    // ---- from one process to the next

    /** Everything that takes time first: from the offer on control has to wait. */
    private Predecessor meetPredecessor() throws IOException {
        tls.warm(WARM);
        Predecessor found = Predecessor.connect(config.handoverSocket(), group);
        try {
            long version = found.awaitOffer();
            if (version != applied.state().version()) {
                link.restore();
            }
            if (version != applied.state().version()) {
                throw new StartFailure(
                        "the running edge serves snapshot %d, but %s has %d: it serves on"
                                .formatted(
                                        version,
                                        config.directory().resolve("snapshot.json"),
                                        applied.state().version()));
            }
            return found;
        } catch (IOException e) {
            found.close();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("stopped while taking over");
        }
    }

    private ListeningSockets given(Start start) throws IOException {
        try {
            return predecessor == null ? start.given() : predecessor.takeSockets();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("stopped while taking over");
        }
    }

    private void takeOver() throws IOException {
        try {
            if (predecessor != null) {
                predecessor.takeOver(news::raise);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("stopped while taking over");
        }
    }

    private EdgeReport withPredecessor(EdgeReport own) {
        return predecessor == null ? own : predecessor.complete(own);
    }

    private Departure.Parts departureParts() {
        return new Departure.Parts(
                link,
                news,
                router,
                connections,
                doors,
                group,
                predecessor,
                this::stopListening,
                config.timeouts().drain(),
                config.timeouts().linger());
    }

    private void stopListening() {
        HandoverServer successors = handover.getAndSet(null);
        if (successors != null) {
            successors.close();
        }
        stopAdmin();
        if (http3 != null) {
            http3.drain();
        }
        doors.close();
    }

    /** What was accepted before it went wrong is answered. */
    private void abandon() {
        if (predecessor != null) {
            predecessor.close();
        }
        doors.close();
        drain(Drain.HandOver);
        release();
    }

    private void awaitSuccessors(Start start) {
        try {
            handover.set(
                    HandoverServer.listen(
                            config.handoverSocket(), id, group, departure, start.patience()));
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "no other edge can take over from this one ({}): an upgrade will need a restart",
                    e.getMessage());
        }
        PidFile.write(config.directory().resolve("serving"));
    }

    private Http3Server serveHttp3(Transport transport, EdgeLoops loops) {
        return Http3Server.start(
                tlsListener.port(),
                group.next(),
                new Http3Server.Parts(
                        loops, transport, connections, tls, config.timeouts(), altSvc));
    }

    /** Who takes over serves already: for that one a port that is still taken is not the end. */
    private void startAdmin() throws IOException {
        if (config.adminPort() == 0) {
            return;
        }
        try {
            admin.set(AdminServer.start(config.adminPort(), this::metrics));
        } catch (IOException e) {
            if (predecessor == null) {
                throw StartFailure.port(config.adminPort(), "BERTH_EDGE_ADMIN_PORT", e);
            }
            LOG.error("no metrics: admin port {}: {}", config.adminPort(), e.getMessage());
        }
    }

    private void stopAdmin() {
        AdminServer server = admin.getAndSet(null);
        if (server != null) {
            server.close();
        }
    }

    private void release() {
        link.close();
        if (http3 != null) {
            http3.close();
        }
        prober.close();
        health.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
        tls.close();
        accessLog.close();
    }

    private EdgeLoops loops(Transport transport, SplittableRandom random) {
        Map<EventLoop, EdgeLoop> loops = new HashMap<>();
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            RandomGenerator own = random.split();
            Counters counted = new Counters();
            counters.add(counted);
            loops.put(
                    loop,
                    new EdgeLoop(
                            router,
                            new UpstreamPool(
                                    loop, transport.connecting(), config.timeouts(), counted),
                            accessLog.lane(),
                            new RequestIds(own),
                            own,
                            counted,
                            config.timeouts(),
                            InstantSource.system(),
                            this::httpsPort,
                            apps,
                            encodedFiles,
                            memory,
                            new Stalls(loop, unread),
                            altSvc));
        }
        return new EdgeLoops(loops);
    }
}
