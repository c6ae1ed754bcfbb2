package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.RawClient.Response;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BalancingTest {
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
    void backends_oneRefuses_itIsTakenOutAndNoRequestFails() throws IOException {
        try (TestBackend good = TestBackend.saying("good")) {
            edge.serve(Routes.proxy("a.test", refusing(), good.address()));
            for (int i = 0; i < 100; i++) {
                assertThat(get().body()).isEqualTo("good");
            }
            long errors = connectErrors();

            for (int i = 0; i < 20; i++) {
                assertThat(get().body()).isEqualTo("good");
            }

            assertThat(connectErrors()).as("it is asked no more").isEqualTo(errors);
            assertThat(metric("berth_edge_backends_left_out")).isEqualTo(1);
        }
    }

    @Test
    void backends_oneAnswers500_itIsTakenOut() {
        try (TestBackend bad = answering500();
                TestBackend good = TestBackend.saying("good")) {
            edge.serve(Routes.proxy("a.test", bad.address(), good.address()));
            for (int i = 0; i < 200 && bad.heads().size() < 10; i++) {
                get();
            }
            assertThat(bad.heads()).hasSize(10);

            for (int i = 0; i < 20; i++) {
                assertThat(get().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void backends_allFail_areAskedAllTheSame() {
        try (TestBackend bad = answering500()) {
            edge.serve(Routes.proxy("a.test", bad.address()));
            for (int i = 0; i < 30; i++) {
                assertThat(get().status()).isEqualTo(500);
            }
            assertThat(bad.heads()).hasSize(30);
        }
    }

    @Test
    void retries_everythingRefuses_stopWhenTheBudgetIsSpent() throws IOException {
        edge.serve(Routes.proxy("budget.test", refusing(), refusing(), refusing()));
        long before = retries();
        for (int i = 0; i < 60; i++) {
            assertThat(RawClient.get(edge.port(), "budget.test", "/").status()).isEqualTo(502);
        }

        // 10 at first, one in five requests, three a second: far from two for each request.
        assertThat(retries() - before).isBetween(20L, 60L);
    }

    @Test
    void sticky_clientWithCookie_staysUntilItsBackendGoes() {
        try (TestBackend a = TestBackend.saying("a");
                TestBackend b = TestBackend.saying("b");
                TestBackend c = TestBackend.saying("c")) {
            Policy sticky = new PolicyOf().sticky().build();
            edge.serve(Routes.proxy("a.test", a.address(), b.address(), c.address()).with(sticky));
            Response first = get();
            String cookie = String.valueOf(first.field("set-cookie"));
            assertThat(cookie)
                    .matches("berth_backend=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax");
            String sent = "Cookie: x=1; " + cookie.substring(0, cookie.indexOf(';'));
            for (int i = 0; i < 20; i++) {
                Response next = get(sent);
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.field("set-cookie")).isNull();
            }

            Backend[] others =
                    List.of(a, b, c).stream()
                            .filter(x -> x.heads().size() < 20)
                            .map(TestBackend::address)
                            .toArray(Backend[]::new);
            edge.serve(Routes.proxy("a.test", others).with(sticky));

            Response moved = get(sent);
            assertThat(moved.status()).isEqualTo(200);
            assertThat(moved.body()).isNotEqualTo(first.body());
            assertThat(moved.field("set-cookie")).startsWith("berth_backend=");
        }
    }

    @Test
    void check_failsWhileServing_takesTheBackendOutUntilItPasses() {
        AtomicBoolean healthy = new AtomicBoolean(true);
        try (TestBackend sick = checkedBy(healthy, "sick");
                TestBackend good = checkedBy(new AtomicBoolean(true), "good")) {
            edge.serve(
                    Routes.proxy("a.test", sick.address(), good.address())
                            .with(new PolicyOf().health("/up", Duration.ofMillis(30), 2).build()));
            await().until(() -> answers().contains("sick"));

            healthy.set(false);
            await().until(() -> !answers().contains("sick"));
            healthy.set(true);
            await().until(() -> answers().contains("sick"));
        }
    }

    @Test
    void canary_share_getsItsPartOfTheRequests() {
        try (TestBackend old = TestBackend.saying("old");
                TestBackend next = TestBackend.saying("next")) {
            edge.serve(canaries(old, next, 20, null, null));
            try (RawClient client = RawClient.connect(edge.port())) {
                int fresh = 0;
                for (int i = 0; i < 500; i++) {
                    fresh +=
                            client.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
                                            .response()
                                            .body()
                                            .equals("next")
                                    ? 1
                                    : 0;
                }
                assertThat(fresh).isBetween(60, 150);
            }
        }
    }

    @Test
    void canary_headerOrCookie_goesThere() {
        try (TestBackend old = TestBackend.saying("old");
                TestBackend next = TestBackend.saying("next")) {
            edge.serve(
                    canaries(
                            old,
                            next,
                            0,
                            new Policy.Match("X-Canary", "yes"),
                            new Policy.Match("beta", "1")));

            assertThat(get().body()).isEqualTo("old");
            assertThat(get("x-canary: yes").body()).isEqualTo("next");
            assertThat(get("X-Canary: no").body()).isEqualTo("old");
            assertThat(get("Cookie: alpha=1; beta=1").body()).isEqualTo("next");
            assertThat(get("Cookie: beta=2; xbeta=1").body()).isEqualTo("old");
        }
    }

    @Test
    void canary_withStickyCookie_keepsAClientWhereItWas() {
        try (TestBackend old = TestBackend.saying("old");
                TestBackend next = TestBackend.saying("next")) {
            edge.serve(
                    Routes.proxy("a.test", old.address())
                            .with(
                                    new PolicyOf()
                                            .sticky()
                                            .canary(
                                                    new Policy.Canary(
                                                            "next.test", "/", 50, null, null))
                                            .build()),
                    Routes.proxy("next.test", next.address()));
            for (int client = 0; client < 5; client++) {
                Response first = get();
                String cookie = String.valueOf(first.field("set-cookie"));
                String sent = "Cookie: " + cookie.substring(0, cookie.indexOf(';'));
                for (int i = 0; i < 10; i++) {
                    assertThat(get(sent).body()).isEqualTo(first.body());
                }
            }
        }
    }

    @Test
    void canary_switchedAway_requestsGoToTheRouteItself() {
        try (TestBackend old = TestBackend.saying("old");
                TestBackend next = TestBackend.saying("next")) {
            Route[] both = canaries(old, next, 100, null, null);
            edge.serve(both);
            assertThat(get().body()).isEqualTo("next");

            edge.serve(both[0]);
            assertThat(get().body()).isEqualTo("old");
        }
    }

    private static Route[] canaries(
            TestBackend old,
            TestBackend next,
            int percent,
            Policy.@Nullable Match header,
            Policy.@Nullable Match cookie) {
        return new Route[] {
            Routes.proxy("a.test", old.address())
                    .with(
                            new PolicyOf()
                                    .canary(
                                            new Policy.Canary(
                                                    "next.test", "/", percent, header, cookie))
                                    .build()),
            Routes.proxy("next.test", next.address())
        };
    }

    private static TestBackend answering500() {
        return TestBackend.start(
                (conversation, self) -> {
                    while (self.next(conversation) != null) {
                        conversation.send("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n");
                    }
                });
    }

    private static TestBackend checkedBy(AtomicBoolean healthy, String says) {
        return TestBackend.start(
                (conversation, self) -> {
                    for (String head = self.next(conversation);
                            head != null;
                            head = self.next(conversation)) {
                        boolean fine = healthy.get() || !head.startsWith("GET /up ");
                        conversation.send(
                                fine
                                        ? TestBackend.ok(says)
                                        : "HTTP/1.1 503 Sick\r\nContent-Length: 0\r\n\r\n");
                    }
                });
    }

    private static List<String> answers() {
        return new ArrayList<>(IntStream.range(0, 12).mapToObj(_ -> get().body()).toList());
    }

    private static Backend refusing() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Backend("gone-" + server.getLocalPort(), "127.0.0.1", server.getLocalPort());
        }
    }

    private static Response get(String... fields) {
        return RawClient.get(edge.port(), "a.test", "/", fields);
    }

    private static long connectErrors() {
        return metric("berth_edge_upstream_connect_errors_total");
    }

    private static long retries() {
        return metric("berth_edge_retries_total");
    }

    private static long metric(String name) {
        return edge.edge()
                .metrics()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
