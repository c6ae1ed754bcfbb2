package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.proxy.handover.HandoverRelay;
import dev.berth.proxy.testing.EdgeProcess;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.SteadyClient;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.UpgradeLoad;
import dev.berth.schemas.edge.EdgeReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Edges as processes that are killed or stopped in the middle of a handover. Each case has edges,
 * home, control and backend of its own, and waits for most of its time.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrokenUpgradeIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private final int http = EdgeProcess.freePort();
    private final int https = EdgeProcess.freePort();
    private final int admin = EdgeProcess.freePort();
    private final AtomicReference<Process> successor = new AtomicReference<>();

    @TempDir private Path home;
    private FakeControl control;
    private TestBackend backend;
    private EdgeProcess edges;
    private Process elder;

    BrokenUpgradeIT() {
        control = FakeControl.start();
        backend = TestBackend.echo();
    }

    @BeforeEach
    void start() throws IOException {
        edges = new EdgeProcess(home);
        control.publish(Routes.snapshot(100, Routes.proxy("a.test", backend.address())));
        elder = edges.start(environment());
        await().atMost(AT_MOST).until(() -> edges.serves(elder));
        await().atMost(AT_MOST)
                .until(() -> control.reports().stream().anyMatch(r -> r.version() == 100));
    }

    @AfterEach
    void stop() {
        edges.close();
        backend.close();
        control.close();
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                argumentSet("after connect", "berth-edge-handover", 0),
                argumentSet("after the offer", "offer", 0),
                argumentSet("before it takes the sockets", "ready", 0),
                argumentSet("after it took the sockets", "serving", 0),
                argumentSet("after the elder gave up what is single", "leaving", 0),
                // It accepts by then: what it has accepted dies with it.
                argumentSet("before settled", "settled", 5));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void successor_killedAtAStep_nobodyIsRefusedAndTheNextUpgradeWorks(String word, int cut)
            throws Exception {
        String speaker = Objects.requireNonNull(control.lastReport()).edge();
        try (SteadyClient client = SteadyClient.start(http)) {
            HandoverRelay.Tap tap =
                    line -> {
                        if (!line.startsWith(word)) {
                            return line;
                        }
                        kill(awaitSuccessor());
                        return null;
                    };
            try (HandoverRelay relay = HandoverRelay.at(socket(), tap)) {
                Process killed = upgrade();
                assertThat(killed.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(relay.said()).anyMatch(line -> line.startsWith(word));
                await().atMost(AT_MOST).until(() -> edges.log().contains("serving on"));
                await().atMost(AT_MOST).until(() -> edges.serves(elder));
            }
            int before = control.reports().size();
            control.publish(Routes.snapshot(200, Routes.proxy("a.test", backend.address())));
            await().atMost(AT_MOST)
                    .until(() -> control.reports().stream().anyMatch(r -> r.version() == 200));
            assertThat(control.reports().subList(before, control.reports().size()))
                    .extracting(EdgeReport::edge)
                    .containsOnly(speaker);
            assertThat(UpgradeLoad.metrics(admin)).contains("app=\"a\"");
            assertThat(Files.readString(home.resolve("edge/snapshot.json"))).contains("200");
            client.awaitMore();

            Process next = upgrade();
            await().atMost(AT_MOST).until(() -> edges.serves(next));
            assertThat(elder.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(elder.exitValue()).isZero();
            client.awaitMore();
            assertThat(client.refused()).isEmpty();
            assertThat(client.failed()).hasSizeLessThanOrEqualTo(cut);
        }
    }

    @Test
    void elder_hungBeforeAnything_successorSaysSoAndTheElderServesOn() throws Exception {
        signal("STOP", elder);
        Process failed = upgrade();
        assertThat(failed.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertGaveUp(failed);
        signal("CONT", elder);
        assertServesOn();
    }

    @Test
    void elder_hungBeforeItLeaves_successorSaysSoAndTheElderServesOn() throws Exception {
        try (HandoverRelay _ = HandoverRelay.at(socket(), line -> stopElderAt("serving", line))) {
            Process failed = upgrade();
            assertThat(failed.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertGaveUp(failed);
        }
        signal("CONT", elder);
        assertServesOn();
    }

    @Test
    void elder_hungWhenAllIsSettled_successorServesAndTheElderLeavesWhenItGoesOn()
            throws Exception {
        try (HandoverRelay _ = HandoverRelay.at(socket(), line -> stopElderAt("settled", line))) {
            Process next = upgrade();
            await().atMost(AT_MOST).until(() -> edges.serves(next));
            await().atMost(AT_MOST).until(() -> edges.log().contains("has said nothing for 10 s"));
            for (int i = 0; i < 20; i++) {
                assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
            }
            signal("CONT", elder);
            assertThat(elder.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(elder.exitValue()).isZero();
            assertThat(next.isAlive()).isTrue();
            assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
        }
    }

    /** Its report is on its way when it stops, and comes after the successor has settled. */
    @Test
    void elder_stalledBeforeItsFirstReport_leavesWhenItGoesOnAndTheNextUpgradeWorks()
            throws Exception {
        CountDownLatch settled = new CountDownLatch(1);
        HandoverRelay.Tap stalling =
                line -> {
                    if (line.equals("settled")) {
                        settled.countDown();
                    } else if (line.startsWith("{") && settled.getCount() > 0) {
                        signal("STOP", elder);
                        assertThat(settled.await(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
                        signal("CONT", elder);
                    }
                    return line;
                };
        try (SteadyClient client = SteadyClient.start(http)) {
            Process next;
            try (HandoverRelay relay = HandoverRelay.at(socket(), stalling)) {
                next = upgrade();
                assertThat(elder.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(elder.exitValue()).isZero();
                await().atMost(AT_MOST).until(() -> edges.serves(next));
                assertThat(relay.said()).contains("left");
            }
            client.awaitMore();
            Process third = upgrade();
            await().atMost(AT_MOST).until(() -> edges.serves(third));
            assertThat(next.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)).isTrue();
            client.awaitMore();
            assertThat(client.refused()).isEmpty();
        }
    }

    @Test
    void elder_hungWhileItLeaves_doesNotKeepTheNextUpgradeFromWorking() throws Exception {
        Process second = upgrade();
        try (RawClient idle = RawClient.connect(http)) {
            await().atMost(AT_MOST).until(() -> edges.serves(second));
            signal("STOP", elder);
            Process third = upgrade();
            await().atMost(AT_MOST).until(() -> edges.serves(third));
            assertThat(edges.log()).contains("(process " + elder.pid() + ") is about to end");
            assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
            assertThat(idle.socket().isConnected()).isTrue();
        } finally {
            signal("CONT", elder);
        }
    }

    private void assertGaveUp(Process failed) {
        assertThat(failed.exitValue()).isEqualTo(1);
        assertThat(edges.log())
                .contains(
                        "has said nothing for 10 s and may be stuck. If it does not serve any more,"
                                + " end it (kill -9 ");
    }

    private void assertServesOn() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
        }
        assertThat(elder.isAlive()).isTrue();
        await().atMost(AT_MOST).until(() -> edges.log().contains("serving on"));
        Process next = upgrade();
        await().atMost(AT_MOST).until(() -> edges.serves(next));
        assertThat(RawClient.get(http, "a.test", "/").status()).isEqualTo(200);
    }

    private String stopElderAt(String word, String line) throws Exception {
        if (line.equals(word)) {
            signal("STOP", elder);
        }
        return line;
    }

    private static void signal(String name, Process process) throws Exception {
        Process sent = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(sent.waitFor()).isZero();
        if (name.equals("STOP")) {
            await().atMost(AT_MOST)
                    .ignoreException(UncheckedIOException.class) // a thread that has just ended
                    .until(() -> isStopped(process));
        }
    }

    /** kill returns when the signal is sent: until a thread of its own stops it still answers. */
    private static boolean isStopped(Process process) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return threads.allMatch(thread -> state(thread) == 'T');
        }
    }

    /** The third field of proc(5)'s stat; the second is in parentheses and may hold anything. */
    private static char state(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void kill(Process process) throws InterruptedException {
        var _ = process.destroyForcibly().waitFor();
    }

    private Process awaitSuccessor() {
        return await().until(successor::get, Objects::nonNull);
    }

    private Process upgrade() throws IOException {
        Process started = edges.start(environment(), "upgrade");
        successor.set(started);
        return started;
    }

    private Path socket() {
        return home.resolve("edge/handover.sock");
    }

    private Map<String, String> environment() throws IOException {
        Path token = Files.writeString(home.resolve("token"), "secret\n");
        return Map.of(
                "BERTH_HTTP_PORT", Integer.toString(http),
                "BERTH_HTTPS_PORT", Integer.toString(https),
                "BERTH_EDGE_ADMIN_PORT", Integer.toString(admin),
                "BERTH_EDGE_TOKEN_FILE", token.toString(),
                "BERTH_CONTROL_URL", control.url().toString());
    }
}
