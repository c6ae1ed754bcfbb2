package dev.berth.proxy;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.control.Applied;
import dev.berth.proxy.control.ControlLink;
import dev.berth.proxy.control.Signal;
import dev.berth.proxy.encode.EncodedFiles;
import dev.berth.proxy.encode.Encoders;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.h2.Http2Protocol;
import dev.berth.proxy.http.RequestIds;
import dev.berth.proxy.limit.ConnectionCaps;
import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.UnreadBudget;
import dev.berth.proxy.listen.ClientInitializer;
import dev.berth.proxy.listen.Connections;
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
import dev.berth.schemas.edge.EdgeReport.InFlight;
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
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running edge and all that belongs to it. */
public final class Edge implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
    private static final long LOG_FILE_BYTES = 32L << 20;
    private static final int LOG_FILES_KEPT = 4;

    private final EdgeConfig config;
    private final Counters counters = new Counters();
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
    private final Connections connections;
    private final Thread loading;
    private final Listener listener;
    private final Listener tlsListener;
    private final ControlLink link;
    private final @Nullable AdminServer admin;

    private Edge(EdgeConfig config, SplittableRandom random) throws IOException {
        this.config = config;
        this.caps = new ConnectionCaps(config.connections());
        this.connections = new Connections(caps);
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
        this.applied = new Applied(router, prober, health, apps, tls);
        this.group =
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(),
                        new DefaultThreadFactory("edge", true),
                        transport.handlers());
        this.link =
                new ControlLink(
                        new RequestIds(random.split()).next(),
                        config.control(),
                        config.tokenFile(),
                        config.directory().resolve("snapshot.json"),
                        new ControlLink.Served(applied, router, prober, apps),
                        news);
        link.restore();
        EdgeLoops loops = loops(transport, random);
        try {
            // TLS first: plain requests may be sent to its port.
            this.tlsListener = listenTls(transport, loops);
            this.listener = listen(transport, loops);
            this.admin = startAdmin();
        } catch (IOException e) {
            release();
            throw e;
        }
        link.start();
        loading.start();
        LOG.info(
                "serving http on port {}, https on port {} ({})",
                listener.port(),
                tlsListener.port(),
                transport.name());
    }

    /**
     * Starts an edge: restores the last good snapshot, listens, and connects to control.
     *
     * @throws IOException if a port is taken
     */
    public static Edge start(EdgeConfig config) throws IOException {
        return new Edge(config, new SplittableRandom());
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
        return admin == null ? 0 : admin.port();
    }

    /** Serves a snapshot that did not come from control; for tests and tools. */
    public boolean apply(Snapshot snapshot) {
        return applied.apply(snapshot);
    }

    /** Requests between edge and backends. */
    public List<InFlight> inFlight() {
        return router.inFlight();
    }

    /** The Prometheus page. */
    public String metrics() {
        long inFlight = router.inFlight().stream().mapToLong(InFlight::requests).sum();
        return MetricsPage.of(
                counters,
                new MetricsPage.Gauges(
                        inFlight,
                        connections.count(),
                        accessLog.dropped(),
                        applied.state().version(),
                        memory.taken(),
                        caps.refused(),
                        apps.all().values().stream().mapToLong(app -> app.held().count()).sum(),
                        router.leftOut(),
                        unread.taken(),
                        unread.givenUp()));
    }

    /** Stops accepting, lets requests in flight end for as long as the limit says, and stops. */
    @Override
    public void close() {
        try {
            listener.close();
            tlsListener.close();
            if (!connections.drain(config.timeouts().drain())) {
                LOG.warn(
                        "{} connections were still busy after {} s and are cut",
                        connections.count(),
                        config.timeouts().drain().toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        link.close();
        if (admin != null) {
            admin.close();
        }
        awaitLoaded();
        release();
    }

    /** What writes into our directory ends before we do. */
    private void awaitLoaded() {
        try {
            loading.join(Duration.ofSeconds(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Listener listen(Transport transport, EdgeLoops loops) throws IOException {
        ClientInitializer begin =
                new ClientInitializer(
                        connections,
                        new Http1Protocol(loops),
                        new Http2Protocol(loops),
                        config.timeouts());
        try {
            return Listener.bind(config.httpPort(), group, transport, begin);
        } catch (IOException e) {
            throw StartFailure.port(config.httpPort(), "--http PORT (BERTH_HTTP_PORT)", e);
        }
    }

    private Listener listenTls(Transport transport, EdgeLoops loops) throws IOException {
        TlsInitializer begin =
                new TlsInitializer(
                        connections,
                        tls,
                        new Http1Protocol(loops),
                        new Http2Protocol(loops),
                        config.timeouts());
        try {
            return Listener.bind(config.httpsPort(), group, transport, begin);
        } catch (IOException e) {
            throw StartFailure.port(config.httpsPort(), "--https PORT (BERTH_HTTPS_PORT)", e);
        }
    }

    private @Nullable AdminServer startAdmin() throws IOException {
        if (config.adminPort() == 0) {
            return null;
        }
        try {
            return AdminServer.start(config.adminPort(), this::metrics);
        } catch (IOException e) {
            throw StartFailure.port(config.adminPort(), "BERTH_EDGE_ADMIN_PORT", e);
        }
    }

    private void release() {
        link.close();
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
            loops.put(
                    loop,
                    new EdgeLoop(
                            router,
                            new UpstreamPool(loop, transport.connecting(), config.timeouts()),
                            accessLog.lane(),
                            new RequestIds(own),
                            own,
                            counters,
                            config.timeouts(),
                            InstantSource.system(),
                            this::httpsPort,
                            apps,
                            encodedFiles,
                            memory,
                            new Stalls(loop, unread)));
        }
        return new EdgeLoops(loops);
    }
}
