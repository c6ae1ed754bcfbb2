package dev.berth.proxy;

import dev.berth.proxy.app.Apps;
import dev.berth.proxy.challenge.Challenges;
import dev.berth.proxy.control.Applied;
import dev.berth.proxy.control.ControlLink;
import dev.berth.proxy.control.Signal;
import dev.berth.proxy.encode.EncodedFiles;
import dev.berth.proxy.encode.Encoders;
import dev.berth.proxy.exchange.EdgeLoop;
import dev.berth.proxy.exchange.EdgeLoops;
import dev.berth.proxy.front.Front;
import dev.berth.proxy.h2.Http2Protocol;
import dev.berth.proxy.h3.Http3Server;
import dev.berth.proxy.http.AltSvc;
import dev.berth.proxy.http.RequestIds;
import dev.berth.proxy.limit.ConnectionCaps;
import dev.berth.proxy.limit.MemoryBudget;
import dev.berth.proxy.limit.OpenStreams;
import dev.berth.proxy.limit.Stalls;
import dev.berth.proxy.limit.UnreadBudget;
import dev.berth.proxy.listen.Arrivals;
import dev.berth.proxy.listen.ClientInitializer;
import dev.berth.proxy.listen.Connections;
import dev.berth.proxy.listen.Http1Protocol;
import dev.berth.proxy.listen.TlsInitializer;
import dev.berth.proxy.listen.Transport;
import dev.berth.proxy.observe.Counters;
import dev.berth.proxy.probe.HealthWatch;
import dev.berth.proxy.probe.Prober;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.tls.TlsContexts;
import dev.berth.proxy.upstream.UpstreamPool;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.telemetry.intake.AccessLog;
import io.netty.channel.ChannelHandler;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** What an edge is made of, before it listens or is known to anybody. */
final class Works {
    private static final long LOG_FILE_BYTES = 32L << 20;
    private static final int LOG_FILES_KEPT = 4;
    private static final Duration LOADED = Duration.ofSeconds(2);

    private final EdgeConfig config;
    private final SplittableRandom random;
    private final IntSupplier httpsPort;
    private final String id;
    private final Transport transport;
    private final EventLoopGroup group;
    private final EventLoopGroup wires;
    private final Signal news = new Signal();
    private final Router router;
    private final Prober prober = new Prober(news::raise);
    private final HealthWatch health = new HealthWatch();
    private final Apps apps = new Apps(System::nanoTime, news::raise);
    private final Front front = new Front();
    private final Challenges challenges = new Challenges();
    private final AltSvc altSvc;
    private final Encoders encoders = new Encoders();
    private final EncodedFiles encodedFiles = new EncodedFiles(encoders);
    private final MemoryBudget memory = MemoryBudget.ofProcess();
    private final UnreadBudget unread = UnreadBudget.ofProcess();
    private final List<Counters> counters = new CopyOnWriteArrayList<>();
    private final ConnectionCaps caps;
    private final OpenStreams streams;
    private final Connections connections;
    private final Arrivals arrivals;
    private final AccessLog accessLog;
    private final TlsContexts tls;
    private final Applied applied;
    private final ControlLink link;
    private final EdgeLoops loops;
    private final Thread loading;

    /**
     * Makes them; the last good snapshot is not in force yet.
     *
     * @param httpsPort where TLS will be served, for whoever asks once it is
     * @param completed adds to each report what is not this process's own
     * @throws IOException if the directory cannot be written
     */
    Works(
            EdgeConfig config,
            SplittableRandom random,
            IntSupplier httpsPort,
            UnaryOperator<EdgeReport> completed)
            throws IOException {
        this.config = config;
        this.router = new Router(news::raise, config.controlBackend());
        this.random = random;
        this.httpsPort = httpsPort;
        this.id = new RequestIds(random.split()).next();
        this.transport = Transport.of(config.io());
        this.group =
                new MultiThreadIoEventLoopGroup(
                        Runtime.getRuntime().availableProcessors(),
                        new DefaultThreadFactory("edge", true),
                        transport.handlers());
        this.wires = transport.wires(group);
        this.altSvc =
                new AltSvc(config.directory().resolve("http3-offered"), InstantSource.system());
        this.caps = new ConnectionCaps(config.connections());
        this.streams = new OpenStreams(config.connections());
        this.connections = new Connections(caps);
        this.arrivals = new Arrivals(connections, front, config.timeouts());
        this.accessLog =
                AccessLog.open(
                        config.directory().resolve("access.log"),
                        LOG_FILE_BYTES,
                        LOG_FILES_KEPT,
                        Duration.ofSeconds(1));
        this.tls = TlsContexts.open(config.directory().resolve("tls"), InstantSource.system());
        this.applied = new Applied(router, prober, health, apps, tls, front, challenges);
        this.link =
                new ControlLink(
                        id,
                        config.control(),
                        config.tokenFile(),
                        config.directory().resolve("snapshot.json"),
                        new ControlLink.Served(applied, router, prober, apps),
                        news,
                        completed);
        this.loops = loops();
        this.loading =
                Thread.ofPlatform()
                        .daemon()
                        .name("encoders")
                        .unstarted(() -> encoders.load(config.directory().resolve("native")));
    }

    private EdgeLoops loops() {
        Map<EventLoop, EdgeLoop> made = new HashMap<>();
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            made.put(loop, owned(loop, random.split()));
        }
        return new EdgeLoops(made);
    }

    private EdgeLoop owned(EventLoop loop, RandomGenerator own) {
        Counters counted = new Counters();
        counters.add(counted);
        return new EdgeLoop(
                router,
                new UpstreamPool(loop, transport.connecting(), config.timeouts(), counted),
                accessLog.lane(),
                new RequestIds(own),
                own,
                counted,
                config.timeouts(),
                InstantSource.system(),
                httpsPort,
                apps,
                encodedFiles,
                memory,
                new Stalls(loop, unread),
                streams,
                altSvc,
                challenges,
                tls);
    }

    EdgeConfig config() {
        return config;
    }

    /** Random; tells two processes apart. */
    String id() {
        return id;
    }

    Transport transport() {
        return transport;
    }

    EventLoopGroup group() {
        return group;
    }

    /** Who carries what two edges say to each other. */
    EventLoopGroup wires() {
        return wires;
    }

    Signal news() {
        return news;
    }

    Router router() {
        return router;
    }

    Connections connections() {
        return connections;
    }

    TlsContexts tls() {
        return tls;
    }

    Applied applied() {
        return applied;
    }

    ControlLink link() {
        return link;
    }

    AltSvc altSvc() {
        return altSvc;
    }

    /** First handler of each cleartext connection. */
    ChannelHandler plainBegin() {
        return new ClientInitializer(arrivals, new Http1Protocol(loops), new Http2Protocol(loops));
    }

    /** First handler of each connection on the TLS port. */
    ChannelHandler tlsBegin() {
        return new TlsInitializer(
                arrivals, tls, new Http1Protocol(loops), new Http2Protocol(loops));
    }

    /** What HTTP/3 shares with the rest. */
    Http3Server.Parts http3() {
        RandomGenerator own = random.split();
        return new Http3Server.Parts(
                loop -> owned(loop, own), transport, connections, tls, config.timeouts(), altSvc);
    }

    /** Loads, in the background, what is of use only once it serves. */
    void load() {
        loading.start();
    }

    /** What it tells of itself. */
    Readings readings() {
        return new Readings(
                counters,
                arrivals.handshakes(),
                connections,
                caps,
                streams,
                accessLog,
                memory,
                unread,
                router,
                applied,
                apps,
                tls);
    }

    /** Ends all of it. What writes into our directory ends before we do. */
    void close() {
        link.close();
        awaitLoaded();
        prober.close();
        health.close();
        var _ = wires.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
        tls.close();
        accessLog.close();
    }

    private void awaitLoaded() {
        try {
            if (loading.isAlive()) {
                loading.join(LOADED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
