package dev.berth.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.berth.proxy.testing.Routes;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Backend A = new Backend("a", "10.0.0.1", 80);
    private static final Backend B = new Backend("b", "10.0.0.2", 80);
    private static final Backend C = new Backend("c", "10.0.0.3", 80);

    private final AtomicInteger signals = new AtomicInteger();
    private final Router router = new Router(signals::incrementAndGet);
    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7L);

    @Test
    void route_nothingServed_isNowhere() {
        assertThat(route("a.test")).isInstanceOf(Routed.Nowhere.class);
    }

    @Test
    void route_backend_countsUntilItLeaves() {
        serve(Routes.proxy("a.test", A));

        BackendLoad claimed = claim("a.test");

        assertThat(router.inFlight()).containsExactly(new InFlight(A, 1));
        claimed.leave();
        assertThat(router.inFlight()).isEmpty();
        assertThat(signals).hasValue(0);
    }

    @Test
    void replace_backendWithRequests_isCountedAndToldOfUntilTheyEnd() {
        serve(Routes.proxy("a.test", A));
        BackendLoad claimed = claim("a.test");

        serve(Routes.proxy("a.test", B));

        assertThat(claimed.routed()).isFalse();
        assertThat(router.inFlight()).containsExactly(new InFlight(A, 1));
        claimed.leave();
        assertThat(signals).hasValue(1);
        assertThat(router.inFlight()).isEmpty();
    }

    @Test
    void replace_backendComesBack_keepsItsCount() {
        serve(Routes.proxy("a.test", A));
        BackendLoad claimed = claim("a.test");
        serve();

        serve(Routes.proxy("a.test", A));

        assertThat(claim("a.test")).isSameAs(claimed);
        assertThat(router.inFlight()).containsExactly(new InFlight(A, 2));
    }

    @Test
    void route_severalBackends_prefersTheLessBusy() {
        serve(Routes.proxy("a.test", A, B, C));

        for (int i = 0; i < 300; i++) {
            claim("a.test");
        }

        assertThat(router.inFlight())
                .hasSize(3)
                .allSatisfy(count -> assertThat(count.requests()).isBetween(95, 105));
    }

    @Test
    void route_triedBackends_areLeftOut() {
        serve(Routes.proxy("a.test", A, B));
        BackendLoad first = claim("a.test");

        for (int i = 0; i < 20; i++) {
            assertThat(router.route("a.test", "/", Set.of(first), random))
                    .isInstanceOfSatisfying(
                            Routed.Claimed.class,
                            claimed -> assertThat(claimed.backend()).isNotSameAs(first));
        }
        BackendLoad second =
                ((Routed.Claimed) router.route("a.test", "/", Set.of(first), random)).backend();
        assertThat(router.route("a.test", "/", Set.of(first, second), random))
                .isInstanceOf(Routed.NoBackend.class);
    }

    @Test
    void replace_whileOthersRoute_noRequestGoesToABackendSeenDrained() throws Exception {
        Set<Backend> stopped = ConcurrentHashMap.newKeySet();
        Queue<String> violations = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger claims = new AtomicInteger();
        serve(Routes.proxy("a.test", new Backend("0", "10.1.0.0", 80)));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            RandomGenerator own = RandomGeneratorFactory.of("L64X128MixRandom").create(t);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!over.get()) {
                                            BackendLoad load = claim("a.test", own);
                                            if (stopped.contains(load.backend())) {
                                                violations.add("sent to " + load.backend());
                                            }
                                            claims.incrementAndGet();
                                            load.leave();
                                        }
                                    }));
        }
        Backend old = new Backend("0", "10.1.0.0", 80);
        for (int i = 1; i <= 3000; i++) {
            Backend next = new Backend("" + i, "10.1.%d.%d".formatted(i >> 8, i & 255), 80);
            serve(Routes.proxy("a.test", next));
            Backend drained = old;
            while (router.inFlight().stream().anyMatch(c -> c.backend().equals(drained))) {
                Thread.onSpinWait();
            }
            stopped.add(drained);
            old = next;
        }
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(violations).isEmpty();
        assertThat(claims.get()).isPositive();
        assertThat(router.inFlight()).isEmpty();
        assertThatCode(() -> serve()).doesNotThrowAnyException();
    }

    @Test
    void route_control_isItsPathAloneAsItIsWritten() {
        Router own = new Router(() -> {}, new Backend("control", "127.0.0.1", 9080));
        ResourceId instance = new ResourceId(Kind.Instance, "home");
        own.replace(
                new RouteTable(
                        List.of(
                                new Route(
                                        "a.test",
                                        "/api/webhook",
                                        instance,
                                        null,
                                        new Route.Control()),
                                Routes.proxy("a.test", A))),
                Map.of());

        for (String target : List.of("/api/webhook", "/api/webhook?x=/../")) {
            assertThat(backend(own, target)).as(target).isEqualTo("control");
        }
        for (String target :
                List.of(
                        "/api/webhook/",
                        "/api/webhook/../../",
                        "/api/webhook/..",
                        "/api/webhook;x",
                        "/api/webhook%2f..",
                        "/api/%77ebhook",
                        "/api//webhook",
                        "//api/webhook",
                        "/x/../api/webhook",
                        "/x//../api/webhook",
                        "/api/./webhook",
                        "/api/webhook#x",
                        "/api/webhooks",
                        "/api",
                        "/")) {
            assertThat(backend(own, target)).as(target).isEqualTo("a");
        }
    }

    @Test
    void route_controlThatNobodyNamed_hasNoBackend() {
        serve(
                new Route(
                        "a.test",
                        "/api/webhook",
                        new ResourceId(Kind.Instance, "home"),
                        null,
                        new Route.Control()));

        assertThat(router.route("a.test", "/api/webhook", Set.of(), random))
                .isInstanceOf(Routed.NoBackend.class);
        assertThat(route("a.test")).isInstanceOf(Routed.Nowhere.class);
    }

    private String backend(Router own, String target) {
        Asked asked = Asked.of("a.test", target, EmptyHttpHeaders.INSTANCE);
        return ((Routed.Claimed) own.route(asked, Set.of(), random).to())
                .backend()
                .backend()
                .container();
    }

    private void serve(Route... routes) {
        router.replace(new RouteTable(List.of(routes)), Map.of());
    }

    private Routed route(String host) {
        return router.route(host, "/", Set.of(), random);
    }

    private BackendLoad claim(String host) {
        return claim(host, random);
    }

    private BackendLoad claim(String host, RandomGenerator generator) {
        return ((Routed.Claimed) router.route(host, "/", Set.of(), generator)).backend();
    }
}
