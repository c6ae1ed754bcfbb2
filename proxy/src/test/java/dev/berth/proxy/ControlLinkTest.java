package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.limit.Timeouts;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.LogCapture;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.EdgeReport.ProbeResult;
import dev.berth.schemas.edge.EdgeReport.Rejection;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlLinkTest {
    private static final URI NOWHERE = URI.create("http://127.0.0.1:9");

    @TempDir private Path home;

    @Test
    void snapshot_published_isServedAcknowledgedAndKept() {
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url());
                TestBackend backend = TestBackend.saying("one")) {
            control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));

            awaitReport(control, report -> report.version() == 100);
            assertThat(get(edge).body()).isEqualTo("one");
            assertThat(snapshotFile()).content().contains("\"version\":100");

            control.publish(Routes.snapshot(101));
            awaitReport(control, report -> report.version() == 101);
            assertThat(get(edge).status()).isEqualTo(404);
        }
    }

    @Test
    void report_routes_areInTheFirstOnlyAndAgainAfter409() {
        try (FakeControl control = FakeControl.start();
                TestEdge _ = start(control.url())) {
            awaitReport(control, report -> report.routes() != null);
            Route route = Routes.route("a.test", "/", new Route.Redirect("b.test"));
            control.publish(Routes.snapshot(100, route));
            awaitReport(control, report -> report.version() == 100 && report.routes() == null);

            control.answerReports(409);
            control.publish(Routes.snapshot(101, route));
            awaitReport(control, report -> report.version() == 101 && report.routes() != null);
            control.answerReports(204);

            EdgeReport whole =
                    control.reports().stream()
                            .filter(report -> report.version() == 101 && report.routes() != null)
                            .findFirst()
                            .orElseThrow();
            assertThat(whole.routes()).isEqualTo(new RouteTable(List.of(route)));
        }
    }

    @Test
    void snapshot_invalid_isRefusedOnceAndTheOldOneServesOn() throws InterruptedException {
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url());
                TestBackend backend = TestBackend.saying("one")) {
            Route good = Routes.proxy("a.test", backend.address());
            control.publish(Routes.snapshot(100, good));
            awaitReport(control, report -> report.version() == 100);

            control.publish(
                    Routes.snapshot(
                            101, Routes.route("b.test", "/", new Route.Redirect("NOT VALID"))));

            EdgeReport refused = awaitReport(control, report -> report.rejected() != null);
            assertThat(refused.version()).isEqualTo(100);
            assertThat(rejection(refused).version()).isEqualTo(101);
            assertThat(rejection(refused).reason()).contains("b.test/", "invalid host name");
            assertThat(get(edge).body()).isEqualTo("one");
            int polls = control.polls();
            Thread.sleep(300);
            assertThat(control.polls()).as("no busy loop").isLessThanOrEqualTo(polls + 2);

            control.publish(Routes.snapshot(102, good));
            awaitReport(control, report -> report.version() == 102 && report.rejected() == null);
        }
    }

    @Test
    void snapshot_notJson_isRefusedAndTheOldOneServesOn() {
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url());
                TestBackend backend = TestBackend.saying("one")) {
            control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
            awaitReport(control, report -> report.version() == 100);

            control.publish(101, "{\"version\":101,\"routes\":{\"routes\":[{]}");
            awaitReport(control, report -> reason(report).contains("close marker"));
            control.publish(102, "{\"version\":102,\"probes\":[]}");
            awaitReport(control, report -> reason(report).contains("routes"));
            assertThat(get(edge).body()).isEqualTo("one");

            control.publish(Routes.snapshot(103));
            awaitReport(control, report -> report.version() == 103);
        }
    }

    @Test
    void snapshot_newDirectoryMissing_isRefusedButAKnownOneGoneIsNot() throws IOException {
        Path site = Files.createDirectory(home.resolve("site"));
        Files.writeString(site.resolve("index.html"), "page");
        Route files = Routes.route("s.test", "/", new Route.Files(site.toString(), false));
        Route missing = Routes.route("m.test", "/", new Route.Files(home + "/missing", false));
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url())) {
            control.publish(Routes.snapshot(100, files));
            awaitReport(control, report -> report.version() == 100);

            control.publish(Routes.snapshot(101, files, missing));
            EdgeReport refused = awaitReport(control, report -> report.rejected() != null);
            assertThat(rejection(refused).reason()).contains("/missing");
            assertThat(RawClient.get(edge.port(), "s.test", "/").body()).isEqualTo("page");
        }
        Files.delete(site.resolve("index.html"));
        Files.delete(site);
        try (TestEdge edge = start(NOWHERE)) {
            assertThat(RawClient.get(edge.port(), "s.test", "/").status()).isEqualTo(503);
        }
    }

    @Test
    void start_controlDown_servesTheLastGoodSnapshot() {
        try (TestBackend backend = TestBackend.saying("one")) {
            try (FakeControl control = FakeControl.start();
                    TestEdge _ = start(control.url())) {
                control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
                awaitReport(control, report -> report.version() == 100);
            }
            try (TestEdge edge = start(NOWHERE)) {
                assertThat(get(edge).body()).isEqualTo("one");
            }
        }
    }

    @Test
    void start_snapshotFileTruncated_saysSoAndServesNothing() throws IOException {
        Files.createDirectories(snapshotFile().getParent());
        for (String broken : List.of("", "{\"version\":7,\"rou", "[]", "\u0000\u0000")) {
            Files.writeString(snapshotFile(), broken);
            try (LogCapture log = LogCapture.start();
                    TestEdge edge = start(NOWHERE)) {
                assertThat(get(edge).status()).isEqualTo(404);
                assertThat(log.lines())
                        .anySatisfy(
                                line ->
                                        assertThat(line)
                                                .contains(
                                                        "SEVERE",
                                                        "snapshot.json",
                                                        "cannot be used"));
            }
        }
    }

    @Test
    void control_restarted_trafficGoesOnAndTheLinkComesBack() {
        try (TestBackend backend = TestBackend.saying("one")) {
            FakeControl control = FakeControl.start();
            int port = control.port();
            try (TestEdge edge = start(control.url())) {
                control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
                awaitReport(control, report -> report.version() == 100);

                control.close();
                for (int i = 0; i < 50; i++) {
                    assertThat(get(edge).status()).isEqualTo(200);
                }

                try (FakeControl again = FakeControl.start(port)) {
                    EdgeReport first = awaitReport(again, _ -> true);
                    assertThat(first.version()).isEqualTo(100);
                    assertThat(again.reports().getFirst().routes()).isNotNull();
                    again.publish(Routes.snapshot(101));
                    awaitReport(again, report -> report.version() == 101);
                }
            }
        }
    }

    @Test
    void control_refusesTheToken_saysSoOnceAndTriesOn() throws IOException {
        try (FakeControl control = FakeControl.start();
                LogCapture log = LogCapture.start();
                TestEdge edge = start(control.url())) {
            Files.writeString(edge.home().resolve("token"), "wrong");
            control.publish(Routes.snapshot(100));
            await().until(() -> log.lines().stream().anyMatch(ControlLinkTest::tellsOfToken));
            int polls = control.polls();
            await().until(() -> control.polls() > polls + 2);
            assertThat(log.lines().stream().filter(ControlLinkTest::tellsOfToken).count())
                    .isLessThanOrEqualTo(2);

            Files.writeString(edge.home().resolve("token"), "secret");
            awaitReport(control, report -> report.version() == 100);
        }
    }

    @Test
    void report_drainingBackend_countsItsRequestsUntilTheLastOneEnds() {
        CountDownLatch answer = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, backend) -> {
                            backend.next(conversation);
                            answer.await();
                            conversation.send(TestBackend.ok("late"));
                        });
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url());
                TestBackend old = slow;
                TestBackend fresh = TestBackend.saying("new");
                RawClient one = RawClient.connect(edge.port());
                RawClient two = RawClient.connect(edge.port())) {
            control.publish(Routes.snapshot(100, Routes.proxy("a.test", old.address())));
            awaitReport(control, report -> report.version() == 100);
            one.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            two.send("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
            await().until(() -> old.heads().size() == 2);

            control.publish(Routes.snapshot(101, Routes.proxy("a.test", fresh.address())));
            EdgeReport swapped = awaitReport(control, report -> report.version() == 101);
            assertThat(swapped.inFlight()).containsExactly(new InFlight(old.address(), 2));
            assertThat(get(edge).body()).isEqualTo("new");

            long before = System.nanoTime();
            answer.countDown();
            assertThat(one.response().body()).isEqualTo("late");
            assertThat(two.response().body()).isEqualTo("late");
            awaitReport(control, report -> report.version() == 101 && report.inFlight().isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .as("told at once, not at the next of the 5 s")
                    .isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void report_probes_areInItAsTheyAnswer() {
        try (FakeControl control = FakeControl.start();
                TestEdge _ = start(control.url());
                TestBackend backend = TestBackend.saying("up")) {
            Probe probe =
                    new Probe(
                            "p1",
                            backend.address(),
                            "/healthz",
                            true,
                            "a.test",
                            Duration.ofMillis(50),
                            Duration.ofSeconds(5));
            control.publish(new Snapshot(100, RouteTable.EMPTY, List.of(probe)));

            EdgeReport report =
                    awaitReport(
                            control, r -> r.probes().stream().anyMatch(p -> p.passesInARow() >= 2));
            assertThat(report.probes())
                    .singleElement()
                    .satisfies(
                            (ProbeResult result) -> {
                                assertThat(result.id()).isEqualTo("p1");
                                assertThat(result.answer()).isEqualTo("HTTP 200");
                            });

            control.publish(new Snapshot(101, RouteTable.EMPTY, List.of()));
            awaitReport(control, r -> r.version() == 101 && r.probes().isEmpty());
        }
    }

    @Test
    void snapshotFile_cannotBeWritten_isReportedServedAndWrittenLater() throws IOException {
        Path obstacle = home.resolve("edge").resolve("snapshot.json.new");
        Files.createDirectories(obstacle);
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url());
                TestBackend backend = TestBackend.saying("one")) {
            control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));

            EdgeReport report = awaitReport(control, r -> r.version() == 100);
            assertThat(report.problem()).contains("snapshot.json", "cannot be written");
            assertThat(get(edge).body()).isEqualTo("one");
            assertThat(snapshotFile()).doesNotExist();

            Files.delete(obstacle);
            control.publish(Routes.snapshot(101, Routes.proxy("a.test", backend.address())));
            awaitReport(control, r -> r.version() == 101 && r.problem() == null);
            assertThat(snapshotFile()).content().contains("\"version\":101");
        }
    }

    @Test
    void snapshotFile_withKeys_isForTheOwnerOnly() throws IOException {
        Certificate certificate = TestCertificates.of("a.test");
        Path left = home.resolve("edge").resolve("snapshot.json.new");
        Files.createDirectories(left.getParent());
        Files.writeString(left, "left by a crash, for all to read");
        try (FakeControl control = FakeControl.start();
                TestEdge _ = start(control.url())) {
            control.publish(new Snapshot(100, RouteTable.EMPTY, List.of(), List.of(certificate)));
            awaitReport(control, r -> r.version() == 100);

            await().until(() -> Files.exists(snapshotFile()));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(snapshotFile())))
                    .isEqualTo("rw-------");
            assertThat(Json.read(Files.readString(snapshotFile()), Snapshot.class).certificates())
                    .containsExactly(certificate);
            assertThat(certificate.toString()).doesNotContain("KEY");
        }
    }

    @Test
    void snapshot_keepsOthers_servesThemOn_alsoAfterARestartFromTheFile() {
        Certificate kept = TestCertificates.of("a.test");
        Certificate more = TestCertificates.of("b.test");
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url())) {
            control.publish(new Snapshot(100, RouteTable.EMPTY, List.of(), List.of(kept)));
            awaitReport(control, r -> r.version() == 100);

            control.publish(keeping(101));
            awaitReport(control, r -> r.version() == 101);
            awaitFile(kept);
            control.publish(keeping(102, more));
            awaitReport(control, r -> r.version() == 102);
            awaitFile(kept, more);
            assertThat(shown(edge)).contains("a.test");
        }
        try (FakeControl control = FakeControl.start();
                TestEdge edge = start(control.url())) {
            control.publish(keeping(103));
            awaitReport(control, r -> r.version() == 103);
            assertThat(shown(edge)).contains("a.test");
            awaitFile(kept, more);

            control.publish(new Snapshot(104, RouteTable.EMPTY, List.of(), List.of(more)));
            awaitReport(control, r -> r.version() == 104);
            awaitFile(more);
            assertThat(shown(edge)).doesNotContain("a.test");
        }
    }

    private static Snapshot keeping(long version, Certificate... certificates) {
        return new Snapshot(
                version, RouteTable.EMPTY, List.of(), List.of(certificates), List.of(), true);
    }

    /** Waits until the file has these and no others. */
    private void awaitFile(Certificate... certificates) {
        await().untilAsserted(
                        () -> {
                            Snapshot snapshot =
                                    Json.read(Files.readString(snapshotFile()), Snapshot.class);
                            assertThat(snapshot.certificates())
                                    .containsExactlyInAnyOrder(certificates);
                            assertThat(snapshot.keepsOthers()).isFalse();
                        });
    }

    /** Names of the certificate that a client of a.test is shown. */
    private static String shown(TestEdge edge) {
        try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
            return TlsClient.shown(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean tellsOfToken(String line) {
        return line.contains("refuses the token");
    }

    private static String reason(EdgeReport report) {
        Rejection rejected = report.rejected();
        return rejected == null ? "" : rejected.reason();
    }

    private static Rejection rejection(EdgeReport report) {
        return Objects.requireNonNull(report.rejected());
    }

    private TestEdge start(URI control) {
        return TestEdge.start(home, control, Timeouts.DEFAULT);
    }

    private Path snapshotFile() {
        return home.resolve("edge").resolve("snapshot.json");
    }

    private static RawClient.Response get(TestEdge edge) {
        return RawClient.get(edge.port(), "a.test", "/");
    }

    /** Waits until the newest report is like this. */
    private static EdgeReport awaitReport(FakeControl control, Predicate<EdgeReport> like) {
        return await().until(
                        () ->
                                control.reports().stream()
                                        .filter(like)
                                        .reduce((_, b) -> b)
                                        .orElse(null),
                        report -> report != null);
    }
}
