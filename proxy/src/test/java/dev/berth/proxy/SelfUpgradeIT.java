package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.EdgeProcess;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.PolicyOf;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.UpgradeLoad;
import dev.berth.proxy.testing.WebSocketBackend;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The edge is replaced by another process, again and again, and no client notices. */
class SelfUpgradeIT {
    private static final Logger LOG = LoggerFactory.getLogger(SelfUpgradeIT.class);
    private static final int UPGRADES = 20;
    private static final Duration STREAM_GRACE = Duration.ofMillis(500);

    /** Of a machine that does much else. */
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private final int http = EdgeProcess.freePort();
    private final int https = EdgeProcess.freePort();
    private final int admin = EdgeProcess.freePort();

    @TempDir private Path home;

    /** Under a minute by itself; a machine that is busy otherwise takes longer to start edges. */
    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void upgrade_twentyTimesUnderLoad_noErrorAndEachGenerationServes() throws Exception {
        try (FakeControl control = FakeControl.start();
                TestBackend backend = TestBackend.echo();
                WebSocketBackend sockets = WebSocketBackend.start();
                EdgeProcess edges = new EdgeProcess(home)) {
            control.publish(
                    Routes.snapshot(
                            100,
                            Routes.proxy("a.test", backend.address()),
                            Routes.proxy("w.test", sockets.address())
                                    .with(new PolicyOf().streams(STREAM_GRACE).build())));
            List<Process> generations = new ArrayList<>();
            generations.add(edges.start(environment(control)));
            await().atMost(AT_MOST).until(() -> edges.serves(generations.getLast()));
            awaitSnapshot(control);
            long began = System.nanoTime();
            try (UpgradeLoad load = UpgradeLoad.start(http, https)) {
                for (int i = 0; i < UPGRADES; i++) {
                    awaitEachKindServed(load);
                    generations.add(edges.start(environment(control), "upgrade"));
                    await().atMost(AT_MOST)
                            .pollInterval(Duration.ofMillis(20))
                            .until(() -> edges.serves(generations.getLast()) || failed(load));
                    assertThat(load.failures()).as("upgrade %d", i).isEmpty();
                }
                awaitEachKindServed(load);
                assertThat(load.failures()).isEmpty();
                LOG.info(
                        "{} upgrades in {} s: {}",
                        UPGRADES,
                        (System.nanoTime() - began) / 1_000_000_000L,
                        load.done());
                assertThat(load.done().get("going away")).isGreaterThanOrEqualTo(UPGRADES - 1);
                // The first connection of all, and no other, had no session to resume.
                assertThat(load.done()).containsEntry("new session", 1);
            }
            for (Process old : generations.subList(0, UPGRADES)) {
                assertThat(old.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(old.exitValue()).isZero();
            }
            assertThat(control.reports().stream().map(EdgeReport::edge).distinct())
                    .as("each reported")
                    .hasSize(UPGRADES + 1);
        }
    }

    @Test
    void upgrade_successorKilledWhileItStarts_theOldOneServesOn() throws Exception {
        try (FakeControl control = FakeControl.start();
                TestBackend backend = TestBackend.echo();
                EdgeProcess edges = new EdgeProcess(home)) {
            control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
            Process running = edges.start(environment(control));
            await().atMost(AT_MOST).until(() -> edges.serves(running));
            awaitSnapshot(control);
            Process killed = edges.start(environment(control), "upgrade");
            // Not in the middle of the handover, of which HandoverTest has every step: on a fast
            // machine that is over before anybody can kill it.
            await().pollDelay(Duration.ofMillis(50)).until(killed::isAlive);
            killed.destroyForcibly().waitFor();
            Process bad = edges.start(Map.of("BERTH_HTTP_PORT", "no port"), "upgrade");
            assertThat(bad.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(bad.exitValue()).isEqualTo(1);

            assertThat(running.isAlive()).isTrue();
            assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
            Process successor = edges.start(environment(control), "upgrade");
            await().atMost(AT_MOST).until(() -> edges.serves(successor));
            assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
        }
    }

    private Map<String, String> environment(FakeControl control) throws IOException {
        Path token = Files.writeString(home.resolve("token"), "secret\n");
        return Map.of(
                "BERTH_HTTP_PORT", Integer.toString(http),
                "BERTH_HTTPS_PORT", Integer.toString(https),
                "BERTH_EDGE_ADMIN_PORT", Integer.toString(admin),
                "BERTH_EDGE_TOKEN_FILE", token.toString(),
                "BERTH_CONTROL_URL", control.url().toString());
    }

    private static void awaitSnapshot(FakeControl control) {
        await().atMost(AT_MOST)
                .until(() -> control.reports().stream().anyMatch(r -> r.version() == 100));
    }

    private static boolean failed(UpgradeLoad load) {
        return !load.failures().isEmpty();
    }

    /** By the edge that serves now: its counters began with it. */
    private void awaitEachKindServed(UpgradeLoad load) {
        Map<String, Integer> before = load.done();
        await().atMost(AT_MOST)
                .until(
                        () ->
                                failed(load)
                                        || List.of(
                                                        "keep-alive",
                                                        "post",
                                                        "fresh",
                                                        "tls",
                                                        "http2",
                                                        "websocket")
                                                .stream()
                                                .allMatch(
                                                        kind ->
                                                                load.done().getOrDefault(kind, 0)
                                                                        >= before.getOrDefault(
                                                                                        kind, 0)
                                                                                + 3));
        await().atMost(AT_MOST).until(() -> UpgradeLoad.metrics(admin).contains("app=\"a\""));
    }
}
