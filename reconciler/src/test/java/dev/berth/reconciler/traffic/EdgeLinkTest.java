package dev.berth.reconciler.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.live.EdgeActivity;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.Challenge;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.EdgeReport.ProbeResult;
import dev.berth.schemas.edge.EdgeReport.Rejection;
import dev.berth.schemas.edge.FrontProxies;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EdgeLinkTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId BLOG = ResourceId.app("blog");
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Backend BACKEND = new Backend("abc", "172.20.0.2", 3000);
    private static final Route ROUTE =
            new Route("shop.localhost", "/", SHOP, "shop", new Route.Proxy(List.of(BACKEND)));

    private final AtomicInteger connected = new AtomicInteger();
    private final EdgeLink link = new EdgeLink(Clockwork.system(), connected::incrementAndGet);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private long seen;

    @BeforeEach
    void begin() {
        link.serve(List.of());
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static EdgeReport hello(RouteTable routes) {
        return new EdgeReport("edge-1", 0, null, routes, List.of(), List.of());
    }

    private static EdgeReport serving(long version) {
        return new EdgeReport("edge-1", version, null, null, List.of(), List.of());
    }

    /** An edge comes that serves that, and takes what there is to say to it. */
    private void connect(RouteTable routes) throws InterruptedException {
        link.report(hello(routes));
        seen = take(0).version();
    }

    private Snapshot take(long have) throws InterruptedException {
        return take(link, have);
    }

    private static Snapshot take(EdgeLink from, long have) throws InterruptedException {
        @Nullable Snapshot snapshot = from.await(have, LONG);
        if (snapshot == null) {
            throw new AssertionError("no snapshot in time");
        }
        return snapshot;
    }

    private Future<?> replace(List<Route> routes, Duration deadline) {
        return replace(SHOP, routes, deadline);
    }

    private Future<?> replace(ResourceId owner, List<Route> routes, Duration deadline) {
        return threads.submit(
                () -> {
                    link.replaceRoutes(owner, routes, deadline);
                    return null;
                });
    }

    private static EdgeReport refusing(long version, String why) {
        return new EdgeReport("edge-1", 0, new Rejection(version, why), null, List.of(), List.of());
    }

    @Test
    void await_beforeAnyEdgeSpoke_givesNothing() throws Exception {
        assertThat(link.await(0, SHORT)).isNull();
        assertThat(link.served()).isInstanceOf(ServedRoutes.NotKnown.class);
    }

    @Test
    void report_ofAnEdgeThatServes_isTheFirstTable() throws Exception {
        RouteTable table = new RouteTable(List.of(ROUTE));

        connect(table);

        assertThat(link.served()).isEqualTo(new ServedRoutes.Table(table));
        assertThat(link.await(seen, SHORT)).as("nothing new to say").isNull();
        assertThat(connected).hasValue(1);
    }

    @Test
    void report_ofAnUnknownEdgeWithoutRoutes_isAskedForThem() {
        assertThat(link.report(serving(7))).isEqualTo(EdgeLink.Answer.SEND_ROUTES);
        assertThat(link.connected()).isFalse();
    }

    @Test
    void replaceRoutes_acknowledged_returns() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> change = replace(List.of(ROUTE), LONG);

        Snapshot snapshot = take(seen);
        assertThat(change.isDone()).isFalse();
        link.report(serving(snapshot.version()));

        change.get();
        assertThat(snapshot.routes().routes()).containsExactly(ROUTE);
    }

    @Test
    void believe_acknowledged_keepsTheRoutes() throws Exception {
        connect(new RouteTable(List.of(ROUTE)));
        FrontProxies proxies = new FrontProxies(List.of("10.0.0.0/8"), true);
        try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> change =
                    thread.submit(
                            () -> {
                                link.believe(proxies, LONG);
                                return null;
                            });

            Snapshot snapshot = take(seen);
            link.report(serving(snapshot.version()));

            change.get();
            assertThat(snapshot.routes()).isEqualTo(new RouteTable(List.of(ROUTE), proxies));
        }
    }

    @Test
    void replaceRoutes_refused_bringsTheOldBackAndSaysWhy() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> change = replace(List.of(ROUTE), LONG);
        Snapshot snapshot = take(seen);

        link.report(refusing(snapshot.version(), "no such directory"));

        assertThatThrownBy(change::get)
                .hasCauseInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("no such directory");
        assertThat(take(snapshot.version()).routes()).isEqualTo(RouteTable.EMPTY);
    }

    @Test
    void replaceRoutes_refusedAfterTheDeadline_bringsTheOldBack() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> change = replace(List.of(ROUTE), SHORT);
        Snapshot snapshot = take(seen);
        assertThatThrownBy(change::get).hasMessageContaining("did not take the routes");

        link.report(refusing(snapshot.version(), "no such directory"));

        assertThat(take(snapshot.version()).routes()).isEqualTo(RouteTable.EMPTY);
        assertThat(link.served()).isEqualTo(new ServedRoutes.Table(RouteTable.EMPTY));
    }

    @Test
    void replaceRoutes_anothersIsUnanswered_waitsItsTurnAndTakesNoBlame() throws Exception {
        Route blog = route("blog");
        connect(RouteTable.EMPTY);
        Future<?> bad = replace(List.of(ROUTE), LONG);
        Snapshot first = take(seen);
        Future<?> good = replace(BLOG, List.of(blog), LONG);
        assertThat(link.await(first.version(), SHORT)).as("one at a time").isNull();

        link.report(refusing(first.version(), "no such directory"));
        Snapshot second = take(first.version());
        while (!second.routes().routes().contains(blog)) {
            second = take(second.version());
        }
        link.report(serving(second.version()));

        assertThatThrownBy(bad::get).hasMessageContaining("no such directory");
        good.get();
        assertThat(second.routes().routes()).containsExactly(blog);
    }

    @Test
    void replaceRoutes_manyAtOnceAndOneIsRefused_eachHearsOfItsOwn() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> refused = replace(SHOP, List.of(route("bad")), LONG);
        Map<String, Future<?>> changes = new TreeMap<>();
        for (String app : List.of("a", "b", "c", "d", "e")) {
            changes.put(app, replace(ResourceId.app(app), List.of(route(app)), LONG));
        }

        long have = 0;
        while (!refused.isDone() || changes.values().stream().anyMatch(c -> !c.isDone())) {
            @Nullable Snapshot snapshot = link.await(have, SHORT);
            if (snapshot == null) {
                continue;
            }
            boolean bad = snapshot.routes().routes().contains(route("bad"));
            link.report(bad ? refusing(snapshot.version(), "bad") : serving(snapshot.version()));
            have = snapshot.version();
        }

        assertThatThrownBy(refused::get).hasMessageContaining("bad");
        for (Future<?> change : changes.values()) {
            change.get();
        }
        assertThat(link.served())
                .isEqualTo(
                        new ServedRoutes.Table(
                                new RouteTable(
                                        changes.keySet().stream()
                                                .map(EdgeLinkTest::route)
                                                .toList())));
    }

    private static Route route(String app) {
        return new Route(
                app + ".localhost",
                "/",
                ResourceId.app(app),
                app,
                new Route.Proxy(List.of(BACKEND)));
    }

    @Test
    void replaceRoutes_edgeGone_changesNothing() throws Exception {
        assertThatThrownBy(() -> link.replaceRoutes(SHOP, List.of(ROUTE), LONG))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageContaining("not connected");

        connect(RouteTable.EMPTY);
        assertThat(link.served()).isEqualTo(new ServedRoutes.Table(RouteTable.EMPTY));
    }

    @Test
    void replaceRoutes_noAnswer_isTransient() throws Exception {
        connect(RouteTable.EMPTY);

        assertThatThrownBy(() -> link.replaceRoutes(SHOP, List.of(ROUTE), SHORT))
                .isInstanceOfSatisfying(
                        ReconcileException.Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.EdgeUnavailable));
    }

    @Test
    void version_growsAcrossRestartsOfControl() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> first = replace(List.of(ROUTE), SHORT);
        long before = take(link, seen).version();
        EdgeLink restarted = new EdgeLink(Clockwork.system(), () -> {});
        restarted.serve(List.of());
        restarted.report(
                new EdgeReport("edge-1", before, null, RouteTable.EMPTY, List.of(), List.of()));
        Future<?> second =
                threads.submit(
                        () -> {
                            restarted.replaceRoutes(SHOP, List.of(ROUTE), SHORT);
                            return null;
                        });

        assertThat(take(restarted, before).version()).isGreaterThan(before);
        assertThatThrownBy(first::get).hasMessageContaining("did not take the routes");
        assertThatThrownBy(second::get).hasMessageContaining("did not take the routes");
    }

    private static Probe probe() {
        return new Probe(
                "p1", BACKEND, "/", true, "shop", Duration.ofMillis(50), Duration.ofSeconds(1));
    }

    private EdgeReport probed(long version, int passes, String answer) {
        return new EdgeReport(
                "edge-1",
                version,
                null,
                null,
                List.of(),
                List.of(new ProbeResult("p1", 3, passes, answer)));
    }

    @Test
    void awaitReady_twoPassesInARow_isReadyAndTheProbeIsTakenBack() throws Exception {
        connect(RouteTable.EMPTY);
        Future<String> ready = threads.submit(() -> link.awaitReady(probe(), LONG, () -> {}));
        Snapshot snapshot = take(seen);
        assertThat(snapshot.probes()).containsExactly(probe());

        link.report(probed(snapshot.version(), 1, "HTTP 200"));
        link.report(probed(snapshot.version(), 2, "HTTP 204"));

        assertThat(ready.get()).isEqualTo("HTTP 204");
        assertThat(take(snapshot.version()).probes()).isEmpty();
    }

    @Test
    void awaitReady_deadline_tellsTheLastAnswer() throws Exception {
        connect(RouteTable.EMPTY);
        Future<String> ready =
                threads.submit(() -> link.awaitReady(probe(), Duration.ofMillis(600), () -> {}));
        link.report(probed(take(seen).version(), 0, "HTTP 500"));

        assertThatThrownBy(ready::get)
                .hasCauseInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("HTTP 500")
                .hasMessageContaining("172.20.0.2:3000/");
    }

    @Test
    void awaitReady_containerGone_endsTheWait() throws Exception {
        connect(RouteTable.EMPTY);

        assertThatThrownBy(
                        () ->
                                link.awaitReady(
                                        probe(),
                                        LONG,
                                        () -> {
                                            throw new ReconcileException.Stalled(
                                                    ReasonCode.StartFailed, "exited with code 3");
                                        }))
                .hasMessage("exited with code 3");
    }

    @Test
    void awaitDrained_waitsForTheEdgeToTakeTheSwitchAndForTheLastRequest() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> change = replace(List.of(ROUTE), LONG);
        Snapshot snapshot = take(seen);
        Future<Boolean> drained =
                threads.submit(() -> link.awaitDrained(Set.of(BACKEND), true, LONG));
        link.report(
                new EdgeReport(
                        "edge-1",
                        snapshot.version(),
                        null,
                        null,
                        List.of(new InFlight(BACKEND, 1)),
                        List.of()));
        change.get();
        assertThat(drained.isDone()).isFalse();

        link.report(serving(snapshot.version()));

        assertThat(drained.get()).isTrue();
    }

    @Test
    void confirmed_edgeHasNotTakenTheNewestRoutes_isFalseUntilItDoes() throws Exception {
        connect(RouteTable.EMPTY);
        assertThat(link.confirmed()).isTrue();

        assertThatThrownBy(() -> link.replaceRoutes(SHOP, List.of(ROUTE), SHORT))
                .isInstanceOf(ReconcileException.Transient.class);

        assertThat(link.confirmed()).isFalse();
        link.report(serving(take(seen).version()));
        assertThat(link.confirmed()).isTrue();
    }

    @Test
    void confirmed_onlyAProbeIsNew_staysTrue() throws Exception {
        connect(RouteTable.EMPTY);
        Future<String> probing = threads.submit(() -> link.awaitReady(probe(), LONG, () -> {}));
        Snapshot snapshot = take(seen);

        assertThat(link.confirmed()).isTrue();
        assertThat(link.awaitDrained(Set.of(BACKEND), true, SHORT)).isTrue();
        link.report(probed(snapshot.version(), 2, "HTTP 204"));
        probing.get();
    }

    @Test
    void await_edgeRestartedWithoutItsFileUnderARestartedControl_getsTheRoutesBack()
            throws Exception {
        RouteTable table = new RouteTable(List.of(ROUTE));
        link.report(new EdgeReport("edge-1", 77, null, table, List.of(), List.of()));

        Snapshot snapshot = take(0);
        assertThat(snapshot.routes()).isEqualTo(table);
        assertThat(link.await(snapshot.version(), SHORT)).isNull();
    }

    @Test
    void awaitDrained_deadline_isFalse() throws Exception {
        link.report(
                new EdgeReport(
                        "edge-1",
                        0,
                        null,
                        RouteTable.EMPTY,
                        List.of(new InFlight(BACKEND, 2)),
                        List.of()));

        assertThat(link.awaitDrained(Set.of(BACKEND), true, SHORT)).isFalse();
    }

    @Test
    void awaitDrained_onlyStreamsAreLeft_isTrueWhenTheyDoNotCount() throws Exception {
        link.report(
                new EdgeReport(
                        "edge-1",
                        0,
                        null,
                        RouteTable.EMPTY,
                        List.of(new InFlight(BACKEND, 2, 2)),
                        List.of()));

        assertThat(link.awaitDrained(Set.of(BACKEND), false, SHORT)).isTrue();
        assertThat(link.awaitDrained(Set.of(BACKEND), true, SHORT)).isFalse();
        assertThat(link.served())
                .isEqualTo(
                        new ServedRoutes.Table(
                                RouteTable.EMPTY,
                                new EdgeActivity(
                                        Map.of(BACKEND.container(), 2),
                                        Map.of(BACKEND.container(), 2),
                                        Map.of(),
                                        Set.of())));
    }

    @Test
    void report_sleepingAppIsAskedFor_wakesItOnce() {
        List<String> woken = new ArrayList<>();
        EdgeLink waking = new EdgeLink(Clockwork.system(), () -> {}, woken::add);
        EdgeReport asking =
                new EdgeReport(
                        "edge-1",
                        0,
                        null,
                        RouteTable.EMPTY,
                        List.of(),
                        List.of(),
                        List.of("shop"),
                        Map.of("shop", Duration.ZERO),
                        null);
        waking.report(asking);
        waking.report(asking);

        assertThat(woken).containsExactly("shop");
        assertThat(waking.served())
                .isEqualTo(
                        new ServedRoutes.Table(
                                RouteTable.EMPTY,
                                new EdgeActivity(
                                        Map.of(),
                                        Map.of(),
                                        Map.of("shop", Duration.ZERO),
                                        Set.of("shop"))));
    }

    private static final Certificate CERTIFICATE =
            new Certificate(List.of("shop.test"), "chain", "key");
    private static final Challenge CHALLENGE = new Challenge("token", "token.thumbprint");

    @Test
    void serve_certificates_arePublishedWithTheRoutesThatAreThere() throws Exception {
        connect(new RouteTable(List.of(ROUTE)));

        link.serve(List.of(CERTIFICATE));

        Snapshot snapshot = take(seen);
        assertThat(snapshot.certificates()).containsExactly(CERTIFICATE);
        assertThat(snapshot.routes().routes()).containsExactly(ROUTE);
        assertThat(snapshot.challenges()).isEmpty();
    }

    @Test
    void serve_beforeAnyEdgeSpoke_isPublishedOnceOneDoes() throws Exception {
        link.serve(List.of(CERTIFICATE));
        assertThat(link.await(0, SHORT)).isNull();

        link.report(hello(new RouteTable(List.of(ROUTE))));

        assertThat(take(0).certificates()).containsExactly(CERTIFICATE);
    }

    @Test
    void await_beforeCertificatesAreKnown_tellsTheRestAndToKeepThem() throws Exception {
        EdgeLink restarted = new EdgeLink(Clockwork.system(), () -> {});
        restarted.report(hello(RouteTable.EMPTY));
        long first = take(restarted, 0).version();
        restarted.answer(List.of(CHALLENGE));
        long answering = take(restarted, first).version();
        Future<?> change =
                threads.submit(
                        () -> {
                            restarted.replaceRoutes(SHOP, List.of(ROUTE), LONG);
                            return null;
                        });

        Snapshot routes = take(restarted, answering);
        restarted.report(serving(routes.version()));
        change.get();

        assertThat(routes)
                .isEqualTo(
                        new Snapshot(
                                routes.version(),
                                new RouteTable(List.of(ROUTE)),
                                List.of(),
                                List.of(),
                                List.of(CHALLENGE),
                                true));
        assertThat(restarted.awaitServed(SHORT)).as("the challenge").isTrue();
    }

    @Test
    void awaitServed_certificatesAreKnownLater_waitsForTheVersionThatHasThem() throws Exception {
        EdgeLink restarted = new EdgeLink(Clockwork.system(), () -> {});
        restarted.report(hello(RouteTable.EMPTY));
        Snapshot first = take(restarted, 0);
        restarted.serve(List.of(CERTIFICATE));

        restarted.report(serving(first.version()));
        assertThat(restarted.awaitServed(SHORT)).isFalse();

        Snapshot next = take(restarted, first.version());
        assertThat(next.certificates()).containsExactly(CERTIFICATE);
        assertThat(next.keepsOthers()).isFalse();
        restarted.report(serving(next.version()));
        assertThat(restarted.awaitServed(SHORT)).isTrue();
    }

    @Test
    void serveAlso_certificates_areToldWithTheWordToKeepOthers() throws Exception {
        connect(RouteTable.EMPTY);

        link.serveAlso(List.of(CERTIFICATE));
        Snapshot some = take(seen);
        link.serve(List.of(CERTIFICATE));
        Snapshot all = take(some.version());

        assertThat(some.certificates()).containsExactly(CERTIFICATE);
        assertThat(some.keepsOthers()).isTrue();
        assertThat(all.certificates()).containsExactly(CERTIFICATE);
        assertThat(all.keepsOthers()).isFalse();
    }

    @Test
    void serve_theSameAgain_publishesNothing() throws Exception {
        connect(RouteTable.EMPTY);
        link.serve(List.of(CERTIFICATE));
        link.answer(List.of(CHALLENGE));
        long version = take(seen).version();

        link.serve(List.of(new Certificate(List.of("shop.test"), "chain", "key")));
        link.answer(List.of(new Challenge("token", "token.thumbprint")));

        assertThat(link.await(version, SHORT)).isNull();
    }

    @Test
    void replaceRoutes_afterwards_takesNoCertificateAway() throws Exception {
        connect(RouteTable.EMPTY);
        link.serve(List.of(CERTIFICATE));
        link.answer(List.of(CHALLENGE));
        long version = take(seen).version();

        Future<?> change = replace(List.of(ROUTE), LONG);
        Snapshot next = take(version);
        link.report(serving(next.version()));
        change.get();

        assertThat(next.certificates()).containsExactly(CERTIFICATE);
        assertThat(next.challenges()).containsExactly(CHALLENGE);
    }

    @Test
    void awaitServed_untilTheEdgeHasIt_waits() throws Exception {
        connect(RouteTable.EMPTY);
        link.answer(List.of(CHALLENGE));
        assertThat(link.awaitServed(SHORT)).isFalse();
        Future<Boolean> served = threads.submit(() -> link.awaitServed(LONG));

        link.report(serving(take(seen).version()));

        assertThat(served.get()).isTrue();
    }

    @Test
    void awaitServed_edgeHasAVersionOfTheFuture_waitsForOneOfItsOwn() throws Exception {
        long future = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
        link.serve(List.of(CERTIFICATE));
        link.answer(List.of(CHALLENGE));
        link.report(new EdgeReport("edge-1", future, null, RouteTable.EMPTY, List.of(), List.of()));

        assertThat(link.awaitServed(SHORT)).as("the clock was set back").isFalse();
        Snapshot sent = take(future);
        assertThat(sent.certificates()).containsExactly(CERTIFICATE);
        assertThat(sent.challenges()).containsExactly(CHALLENGE);
        link.report(serving(sent.version()));
        assertThat(link.awaitServed(SHORT)).isTrue();
    }

    @Test
    void serve_noneAfterARestart_isTold() throws Exception {
        EdgeLink restarted = new EdgeLink(Clockwork.system(), () -> {});
        restarted.report(new EdgeReport("edge-1", 7, null, RouteTable.EMPTY, List.of(), List.of()));

        restarted.serve(List.of());

        Snapshot snapshot = take(restarted, 7);
        assertThat(snapshot.certificates()).isEmpty();
        assertThat(snapshot.keepsOthers()).isFalse();
    }

    @Test
    void awaitServed_noEdge_isFalse() throws Exception {
        link.serve(List.of(CERTIFICATE));

        assertThat(link.awaitServed(SHORT)).isFalse();
    }

    @Test
    void awaitServed_laterProbe_isNotWaitedFor() throws Exception {
        connect(RouteTable.EMPTY);
        link.serve(List.of(CERTIFICATE));
        long version = take(seen).version();
        link.report(serving(version));
        Future<?> probing = threads.submit(() -> link.awaitReady(probe(), SHORT, () -> {}));
        take(version);

        assertThat(link.awaitServed(SHORT)).isTrue();
        assertThatThrownBy(probing::get).hasMessageContaining("not ready");
    }

    @Test
    void serve_whileRoutesWaitForTheEdge_isNotTakenForTheirRefusal() throws Exception {
        connect(RouteTable.EMPTY);
        Future<?> change = replace(List.of(ROUTE), LONG);
        long routes = take(seen).version();
        link.serve(List.of(CERTIFICATE));
        long both = take(routes).version();

        link.report(refusing(routes, "no"));
        Snapshot back = take(both);
        link.report(serving(back.version()));

        assertThatThrownBy(change::get).hasMessageContaining("the edge refused the routes: no");
        assertThat(back.routes()).isEqualTo(RouteTable.EMPTY);
        assertThat(back.certificates()).containsExactly(CERTIFICATE);
        assertThat(link.awaitServed(SHORT)).isTrue();
    }
}
