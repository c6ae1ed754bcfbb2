package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.app.HeldRequests;
import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait for their app. */
class HoldTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static TestEdge edge;

    @BeforeAll
    static void start() {
        edge = TestEdge.start();
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    @Test
    void paused_appComesBack_requestGoesThroughWithItsBody() throws Exception {
        String body = "x".repeat(300_000);
        edge.serve(paused(LONG));
        try (TestBackend backend = TestBackend.echo()) {
            Future<Response> response = background(() -> post(body));
            awaitHeld(response);

            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(response.get().status()).isEqualTo(200);
            assertThat(response.get().body()).endsWith("\r\n\r\n" + body);
            assertThat(backend.heads()).hasSize(1);
        }
    }

    @Test
    void paused_deadlinePasses_is503WithRetryAfter() {
        edge.serve(paused(Duration.ofMillis(200)));

        Response response = post("body");

        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("retry-after")).isNotNull();
        assertThat(response.body()).contains("Being replaced");
    }

    @Test
    void paused_otherRoutesChange_isHeldOn() throws Exception {
        edge.serve(paused(LONG));
        try (TestBackend backend = TestBackend.saying("there")) {
            Future<Response> response = background(HoldTest::get);
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            for (int i = 0; i < 5; i++) {
                edge.serve(paused(LONG), Routes.proxy("b" + i + ".test", backend.address()));
            }
            assertThat(response.isDone()).isFalse();

            edge.serve(Routes.proxy("a.test", backend.address()));
            assertThat(response.get().body()).isEqualTo("there");
        }
    }

    @Test
    void paused_becomesUnavailable_failsAtOnce() throws Exception {
        edge.serve(paused(LONG));
        Future<Response> response = background(HoldTest::get);
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);

        edge.serve(Routes.route("a.test", "/", new Route.Unavailable("the release failed")));

        assertThat(response.get().status()).isEqualTo(503);
        assertThat(response.get().body()).contains("The release failed");
    }

    @Test
    void paused_clientGoes_isForgotten() {
        edge.serve(paused(LONG));
        for (int round = 0; round < 2; round++) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < HeldRequests.MOST; i++) {
                clients.add(
                        RawClient.connect(edge.port())
                                .send(
                                        "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbo"));
            }
            String all = "berth_edge_held_requests " + HeldRequests.MOST + "\n";
            await().until(() -> edge.edge().metrics().contains(all));
            assertThat(get().status()).isEqualTo(503);
            assertThat(get().body()).contains("Too many requests wait");
            clients.forEach(RawClient::close);
            await().until(() -> edge.edge().metrics().contains("berth_edge_body_bytes 0\n"));
        }
    }

    @Test
    void paused_comesBackBehindAWall_isAskedForThePassword() throws Exception {
        edge.serve(paused(LONG));
        try (TestBackend backend = TestBackend.echo()) {
            Future<Response> response = background(() -> post("body"));
            awaitHeld(response);

            edge.serve(
                    Routes.proxy("a.test", backend.address())
                            .with(
                                    new PolicyOf()
                                            .user("ada", "sha256:salt:" + "0".repeat(64))
                                            .header("X-New", "policy", true)
                                            .build()));

            assertThat(response.get().status()).isEqualTo(401);
            assertThat(response.get().field("x-new")).isEqualTo("policy");
            assertThat(backend.heads()).isEmpty();
            assertThat(edge.edge().inFlight()).isEmpty();
        }
    }

    @Test
    void paused_comesBackWithAGuardThatLetsIt_goesThroughWithItsBody() throws Exception {
        edge.serve(paused(LONG));
        try (TestBackend backend = TestBackend.echo()) {
            Future<Response> response = background(() -> post("body"));
            awaitHeld(response);

            edge.serve(
                    Routes.proxy("a.test", backend.address())
                            .with(new PolicyOf().maxBody(10).build()));

            assertThat(response.get().status()).isEqualTo(200);
            assertThat(response.get().body()).endsWith("\r\n\r\nbody");
        }
    }

    @Test
    void nothingRuns_untilItDoes_isHeld() throws Exception {
        edge.serve(Routes.proxy("a.test"));
        try (TestBackend backend = TestBackend.saying("there")) {
            Future<Response> response = background(HoldTest::get);
            awaitHeld(response);

            edge.serve(Routes.proxy("a.test", backend.address()));

            assertThat(response.get().body()).isEqualTo("there");
        }
    }

    @Test
    void backendRefuses_thatAnsweredAMomentAgo_waitsForTheSwap() throws Exception {
        TestBackend old = TestBackend.saying("old");
        edge.serve(Routes.proxy("swap.test", old.address()));
        assertThat(RawClient.get(edge.port(), "swap.test", "/").body()).isEqualTo("old");
        old.close();
        try (TestBackend next = TestBackend.echo()) {
            Future<Response> response =
                    background(
                            () ->
                                    RawClient.exchange(
                                            edge.port(),
                                            "POST / HTTP/1.1\r\nHost: swap.test\r\nContent-Length: 4\r\n\r\nbody"));
            awaitHeld(response);

            edge.serve(Routes.proxy("swap.test", next.address()));

            assertThat(response.get().status()).isEqualTo(200);
            assertThat(response.get().body()).endsWith("body");
            assertThat(next.heads()).hasSize(1);
        }
    }

    @Test
    void asleep_program_wakesTheAppAndWaits(@TempDir Path home) throws Exception {
        try (FakeControl control = FakeControl.start();
                TestBackend backend = TestBackend.echo();
                TestEdge linked = TestEdge.start(home, control.url(), Timeouts.DEFAULT)) {
            control.publish(Routes.snapshot(1, asleep()));
            await().until(() -> reports(control, 1));
            assertThat(control.reports()).allSatisfy(r -> assertThat(r.wake()).isEmpty());
            Future<Response> response =
                    background(
                            () ->
                                    RawClient.exchange(
                                            linked.port(),
                                            "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 4\r\n\r\nbody"));
            await().until(() -> last(control).wake().equals(List.of("a")));
            assertThat(last(control).idle()).containsEntry("a", Duration.ZERO);

            control.publish(Routes.snapshot(2, Routes.proxy("a.test", backend.address())));

            assertThat(response.get().status()).isEqualTo(200);
            assertThat(response.get().body()).endsWith("body");
            await().until(() -> last(control).version() == 2 && last(control).wake().isEmpty());
        }
    }

    @Test
    void asleep_canaryIsAskedFor_isWokenAndInUse(@TempDir Path home) throws Exception {
        try (FakeControl control = FakeControl.start();
                TestBackend old = TestBackend.saying("old");
                TestBackend next = TestBackend.saying("next");
                TestEdge linked = TestEdge.start(home, control.url(), Timeouts.DEFAULT)) {
            Route main =
                    Routes.proxy("b.test", old.address())
                            .with(
                                    new PolicyOf()
                                            .canary(
                                                    new Policy.Canary(
                                                            "a.test", "/", 100, null, null))
                                            .build());
            control.publish(Routes.snapshot(1, main, asleep()));
            await().until(() -> reports(control, 1));
            Future<Response> response =
                    background(() -> RawClient.get(linked.port(), "b.test", "/"));

            await().until(() -> last(control).wake().equals(List.of("a")));
            assertThat(last(control).idle()).containsEntry("a", Duration.ZERO);
            control.publish(Routes.snapshot(2, main, Routes.proxy("a.test", next.address())));
            assertThat(response.get().body()).isEqualTo("next");
        }
    }

    @Test
    void asleep_browser_getsAPageThatLoadsItselfAgain() {
        edge.serve(asleep());

        Response page = RawClient.get(edge.port(), "a.test", "/", "Accept: text/html,*/*");

        assertThat(page.status()).isEqualTo(503);
        assertThat(page.field("retry-after")).isEqualTo("2");
        assertThat(page.field("cache-control")).isEqualTo("no-store");
        assertThat(page.body())
                .contains("<meta http-equiv=\"refresh\" content=\"2\">")
                .doesNotContain("<script");
    }

    @Test
    void asleep_nobodyWakesIt_is503AtTheDeadline() {
        edge.serve(Routes.route("a.test", "/", new Route.Asleep(Duration.ofMillis(100))));

        assertThat(get().status()).isEqualTo(503);
        assertThat(get().body()).contains("was asleep");
    }

    private static boolean reports(FakeControl control, long version) {
        EdgeReport report = control.lastReport();
        return report != null && report.version() == version;
    }

    private static EdgeReport last(FakeControl control) {
        EdgeReport report = control.lastReport();
        if (report == null) {
            throw new AssertionError("no report");
        }
        return report;
    }

    private static Route paused(Duration hold) {
        return Routes.route("a.test", "/", new Route.Paused("being replaced", hold));
    }

    private static Route asleep() {
        return Routes.route("a.test", "/", new Route.Asleep(LONG));
    }

    /** Waits until the edge holds it; one that is answered instead is shown. */
    private static void awaitHeld(Future<Response> response) {
        await().until(
                        () ->
                                response.isDone()
                                        || edge.edge()
                                                .metrics()
                                                .contains("berth_edge_held_requests 1\n"));
        assertThat(response).isNotDone();
    }

    private static Response get() {
        return RawClient.get(edge.port(), "a.test", "/");
    }

    private static Response post(String body) {
        return RawClient.exchange(
                edge.port(),
                "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body));
    }

    private static Future<Response> background(Supplier<Response> request) {
        return CompletableFuture.supplyAsync(
                request, task -> Thread.ofVirtual().name("client").start(task));
    }
}
