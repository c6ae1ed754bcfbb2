package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.handover.HandoverRelay;
import dev.berth.proxy.handover.HandoverServer.Patience;
import dev.berth.proxy.handover.ListeningSockets;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.RawClient;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.EdgeReport.InFlight;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One edge takes over from another one: both here in this process, as they cannot tell. */
class HandoverTest {
    private static final Duration SHORT = Duration.ofMillis(1500);

    @TempDir private Path home;
    private FakeControl control;
    private TestBackend backend;
    private TestEdge elder;

    HandoverTest() {
        control = FakeControl.start();
        backend = TestBackend.echo();
    }

    @BeforeEach
    void start() throws IOException {
        elder = start(Edge.Start.alone());
        publish(100);
    }

    @AfterEach
    void stop() {
        elder.close();
        backend.close();
        control.close();
    }

    @Test
    void upgrade_running_servesOnTheSamePortsAndTheElderEnds() throws Exception {
        try (TestEdge successor = upgrade()) {
            assertThat(successor.port()).isEqualTo(elder.port());
            assertThat(successor.httpsPort()).isEqualTo(elder.httpsPort());
            awaitReplaced();
            assertThat(RawClient.get(successor.port(), "a.test", "/").status()).isEqualTo(200);
            elder.close();
            assertThat(RawClient.get(successor.port(), "a.test", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void upgrade_thenAnother_theThirdServes() throws Exception {
        try (TestEdge second = upgrade();
                TestEdge third = upgrade()) {
            second.edge().awaitReplaced();
            assertThat(RawClient.get(third.port(), "a.test", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void socket_running_isOnlyForItsUser() throws IOException {
        await().until(() -> Files.exists(socket()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");
    }

    @Test
    void upgrade_idleConnection_mayStillSendOneRequest() throws Exception {
        try (RawClient client = RawClient.connect(elder.port())) {
            assertThat(client.send(get()).response().status()).isEqualTo(200);
            try (TestEdge _ = upgrade()) {
                RawClient.Response last;
                do {
                    last = client.send(get()).response();
                    assertThat(last.status()).isEqualTo(200);
                } while (!"close".equals(last.field("connection")));
                assertThat(client.rest()).isEmpty();
                awaitReplaced();
            }
        }
    }

    @Test
    void upgrade_connectionWithoutRequest_mayStillSendOne() throws Exception {
        try (RawClient client = RawClient.connect(elder.port())) {
            try (TestEdge _ = upgrade()) {
                assertThat(client.send(get()).response().status()).isEqualTo(200);
                awaitReplaced();
            }
        }
    }

    @Test
    void upgrade_answerBegun_theNextRequestOnItIsAnsweredToo() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        TestBackend slow =
                TestBackend.start(
                        (conversation, self) -> {
                            self.next(conversation);
                            conversation.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
                            goOn.await();
                            conversation.send("rest");
                            TestBackend.echo(conversation, self);
                        });
        try (slow;
                RawClient client = RawClient.connect(elder.port())) {
            publish(200, Routes.proxy("a.test", slow.address()));
            client.send(get());
            String head = String.valueOf(client.conversation().readHead());
            assertThat(head).doesNotContainIgnoringCase("connection: close");
            try (TestEdge _ = upgrade()) {
                goOn.countDown();
                assertThat(client.conversation().read(8)).isEqualTo("halfrest");
                RawClient.Response last;
                do {
                    last = client.send(get()).response();
                    assertThat(last.status()).isEqualTo(200);
                } while (!"close".equals(last.field("connection")));
                awaitReplaced();
            }
        }
    }

    @Test
    void upgrade_http2_getsTwoStepGoAwayAndItsAnswer() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (TestBackend slow = answeringAfter(goOn);
                H2Client client = H2Client.connect(elder.port())) {
            publish(200, Routes.proxy("a.test", slow.address()));
            client.get(1, "/");
            await().until(() -> !slow.heads().isEmpty());
            try (TestEdge _ = upgrade()) {
                assertThat(lastStream(client)).isEqualTo(Integer.MAX_VALUE);
                assertThat(lastStream(client)).isEqualTo(1);
                goOn.countDown();
                assertThat(client.answer(1).status()).isEqualTo(200);
                awaitReplaced();
            }
        }
    }

    @Test
    void upgrade_tlsSession_isResumedByTheSuccessor() throws Exception {
        TlsClient client = new TlsClient("TLSv1.2");
        byte[] session;
        try (SSLSocket socket = client.connect(elder.httpsPort(), "a.test")) {
            session = socket.getSession().getId();
        }
        try (TestEdge successor = upgrade()) {
            awaitReplaced();
            elder.close();
            try (SSLSocket socket = client.connect(successor.httpsPort(), "a.test")) {
                assertThat(socket.getSession().getId()).isEqualTo(session);
            }
        }
    }

    @Test
    void upgrade_elderBusy_controlHearsOfItsRequestsFromTheSuccessor() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (TestBackend slow = answeringAfter(goOn);
                RawClient client = RawClient.connect(elder.port())) {
            publish(200, Routes.proxy("a.test", slow.address()));
            client.send(get());
            await().until(() -> !slow.heads().isEmpty());
            String before = awaitReport(_ -> true).edge();
            try (TestEdge _ = upgrade()) {
                EdgeReport first = awaitReport(report -> !report.edge().equals(before));
                assertThat(first.inFlight()).containsExactly(new InFlight(slow.address(), 1, 0));
                assertThat(first.idle()).containsEntry("a", Duration.ZERO);

                // The container leaves the routes while only the elder uses it.
                publish(300);
                EdgeReport swapped = awaitReport(report -> report.version() == 300);
                assertThat(swapped.inFlight()).containsExactly(new InFlight(slow.address(), 1, 0));

                goOn.countDown();
                assertThat(client.response().status()).isEqualTo(200);
                awaitReport(report -> report.inFlight().isEmpty());
                List<String> edges =
                        control.reports().stream().map(EdgeReport::edge).distinct().toList();
                assertThat(edges).as("one speaks at a time").hasSize(2);
                assertThat(control.reports().getLast().edge()).isNotEqualTo(before);
            }
        }
    }

    @Test
    void upgrade_requestHeldByTheElder_goesOnWhenItsAppIsThere() throws Exception {
        publish(200, Routes.route("a.test", "/", new Route.Paused("deploy", ofSeconds(20))));
        try (RawClient client = RawClient.connect(elder.port())) {
            client.send(get());
            await().until(() -> elder.edge().metrics().contains("held_requests 1"));
            try (TestEdge _ = upgrade()) {
                publish(300);
                assertThat(client.response().status()).isEqualTo(200);
                awaitReplaced();
            }
        }
    }

    @Test
    void upgrade_elderHasAStream_aSecondUpgradeEndsIt() throws Exception {
        try (TestBackend stream = streaming();
                RawClient client = RawClient.connect(elder.port())) {
            publish(200, Routes.proxy("a.test", stream.address()));
            client.send(get());
            assertThat(client.conversation().readHead()).contains("event-stream");
            try (TestEdge second = upgrade()) {
                assertThat(elder.edge().inFlight()).hasSize(1);
                try (TestEdge third = upgrade()) {
                    assertThat(client.rest()).endsWith("0\r\n\r\n");
                    awaitReplaced();
                    assertThat(third.port()).isEqualTo(second.port());
                }
            }
        }
    }

    // ---- successors that fail

    @Test
    void successor_ofAnotherVersion_isRefusedAndTheElderServesOn() throws Exception {
        try (SocketChannel peer = connect()) {
            say(peer, "berth-edge-handover 3");
            assertThat(hear(peer))
                    .isEqualTo(
                            "refused the running edge understands \"berth-edge-handover 2\", not"
                                    + " \"berth-edge-handover 3\": stop Berth and start it with the"
                                    + " new build");
        }
        assertServesOn();
    }

    @Test
    void successor_diesBeforeItServes_theElderServesOn() throws Exception {
        try (SocketChannel peer = connect()) {
            greet(peer);
            assertThat(hear(peer)).isEqualTo("offer 100 https http");
            say(peer, "ready");
        }
        assertServesOn();
    }

    @Test
    void successor_hangs_isRefusedAndTheElderServesOn() throws Exception {
        restartImpatient();
        try (SocketChannel peer = connect()) {
            greet(peer);
            assertThat(hear(peer)).startsWith("offer");
            control.publish(Routes.snapshot(150));
            assertThat(hear(peer)).startsWith("refused the other edge said nothing");
        }
        awaitReport(report -> report.version() == 150);
        publish(160);
        assertServesOn();
    }

    @Test
    void successor_whileAnotherIsAtIt_isRefused() throws Exception {
        try (SocketChannel first = connect();
                SocketChannel second = connect()) {
            greet(first);
            assertThat(hear(first)).startsWith("offer");
            assertThat(hear(second)).isEqualTo("refused another upgrade is under way");
        }
        assertServesOn();
    }

    @Test
    void successor_hangsAfterTheElderGaveUpItsSeat_theElderHasItAgain() throws Exception {
        restartImpatient();
        String speaker = awaitReport(_ -> true).edge();
        try (SocketChannel peer = connect()) {
            greet(peer);
            assertThat(hear(peer)).startsWith("offer");
            say(peer, "ready");
            say(peer, "serving");
            await().until(() -> hear(peer).endsWith("leaving"));
            assertThat(hear(peer)).startsWith("{");
            assertThat(hear(peer)).startsWith("refused the other edge said nothing");
            assertThat(RawClient.get(elder.port(), "a.test", "/").status()).isEqualTo(200);
        }
        publish(170);
        assertThat(awaitReport(report -> report.version() == 170).edge()).isEqualTo(speaker);
        assertThat(Files.readString(home.resolve("edge/snapshot.json"))).contains("170");
        assertServesOn();
    }

    @Test
    void successor_saysNonsense_isToldSoAndTheElderServesOn() throws Exception {
        for (String nonsense :
                List.of("", "GET / HTTP/1.1", "settled", "\u0000\u0001\ufffd", "x".repeat(2_000))) {
            try (SocketChannel peer = connect()) {
                say(peer, nonsense);
                assertThat(hear(peer)).startsWith("refused ");
            }
        }
        try (SocketChannel peer = connect()) {
            greet(peer);
            assertThat(hear(peer)).startsWith("offer");
            say(peer, "serving");
            assertThat(hear(peer)).isEqualTo("refused \"serving\" instead of \"ready\"");
        }
        assertServesOn();
    }

    @Test
    void successor_ofTheOldVersion_takesOverAsItAlwaysDid() throws Exception {
        try (HandoverRelay _ = HandoverRelay.at(socket(), asIfOld());
                TestEdge successor = upgrade()) {
            awaitReplaced();
            assertThat(RawClient.get(successor.port(), "a.test", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void upgrade_elderRefusesWhenTheSocketsAreTaken_noDescriptorIsLeft() throws Exception {
        long before = listening();
        HandoverRelay.Tap refusing = line -> line.equals("leaving") ? "refused for a test" : line;
        try (HandoverRelay relay = HandoverRelay.at(socket(), refusing)) {
            assertThatThrownBy(this::upgrade)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the running edge refuses to be replaced: for a test");
            assertThat(relay.said()).contains("serving");
        }
        assertThat(RawClient.get(elder.port(), "a.test", "/").status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(listening()).isEqualTo(before));
        assertServesOn();
    }

    @Test
    void upgrade_settledComesTooLate_theElderHasEverythingAgain() throws Exception {
        restartImpatient();
        String speaker = awaitReport(_ -> true).edge();
        CountDownLatch refused = new CountDownLatch(1);
        HandoverRelay.Tap late =
                line -> {
                    if (line.startsWith("refused ")) {
                        refused.countDown();
                    } else if (line.equals("settled")) {
                        refused.await();
                    }
                    return line;
                };
        try (HandoverRelay _ = HandoverRelay.at(socket(), late)) {
            assertThatThrownBy(this::upgrade)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("said nothing");
        }
        publish(180);
        assertThat(awaitReport(report -> report.version() == 180).edge()).isEqualTo(speaker);
        assertServesOn();
    }

    /** Nobody says anything for ten seconds: so long the successor waits for the last word. */
    @Test
    void upgrade_takenBackAndToldLate_theSuccessorGivesWay() throws Exception {
        restartImpatient();
        CountDownLatch refused = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        HandoverRelay.Tap late =
                line -> {
                    if (line.startsWith("refused ")) {
                        refused.countDown();
                        told.await();
                    } else if (line.equals("settled")) {
                        refused.await();
                    }
                    return line;
                };
        try (HandoverRelay _ = HandoverRelay.at(socket(), late);
                TestEdge successor = upgrade()) {
            told.countDown();
            awaitReplaced(successor);
            assertThat(RawClient.get(elder.port(), "a.test", "/").status()).isEqualTo(200);
        }
        publish(190);
        assertServesOn();
    }

    @Test
    void upgrade_snapshotOnDiskIsBad_failsAndTheElderServesOn() throws Exception {
        Files.writeString(home.resolve("edge/snapshot.json"), "{\"version\":");
        Files.deleteIfExists(home.resolve("edge/snapshot.json.previous"));

        assertThatThrownBy(this::upgrade)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the running edge serves snapshot 100, but");
        publish(110);
        assertServesOn();
    }

    @Test
    void upgrade_nobodyRuns_saysSo() {
        elder.close();

        assertThatThrownBy(this::upgrade)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no edge runs that could be taken over from");
    }

    // ----

    private TestEdge start(Edge.Start start) throws IOException {
        return TestEdge.start(home, control.url(), start);
    }

    private TestEdge upgrade() throws IOException {
        return start(Edge.Start.upgrading());
    }

    private void publish(long version, Route... routes) {
        control.publish(
                Routes.snapshot(
                        version,
                        routes.length > 0
                                ? routes
                                : new Route[] {Routes.proxy("a.test", backend.address())}));
        awaitReport(report -> report.version() == version);
    }

    private EdgeReport awaitReport(Predicate<EdgeReport> wanted) {
        return Objects.requireNonNull(
                await().pollInterval(Duration.ofMillis(5))
                        .until(
                                control::lastReport,
                                report -> report != null && wanted.test(report)));
    }

    private void awaitReplaced() throws Exception {
        awaitReplaced(elder);
    }

    private static void awaitReplaced(TestEdge edge) throws Exception {
        CompletableFuture.runAsync(
                        () -> {
                            try {
                                edge.edge().awaitReplaced();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        Thread::startVirtualThread)
                .get(20, TimeUnit.SECONDS);
    }

    private void assertServesOn() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(RawClient.get(elder.port(), "a.test", "/").status()).isEqualTo(200);
        }
        try (TestEdge successor = upgrade()) {
            awaitReplaced();
            assertThat(RawClient.get(successor.port(), "a.test", "/").status()).isEqualTo(200);
        }
    }

    /** Waits for nothing for long. */
    private void restartImpatient() throws IOException {
        elder.close();
        elder = start(new Edge.Start(ListeningSockets.none(), false, new Patience(SHORT, SHORT)));
        publish(100);
    }

    /** The elder answers the first one as a build before version 2 did, and speaks version 1. */
    private static HandoverRelay.Tap asIfOld() {
        return line ->
                line.equals("berth-edge-handover 2")
                        ? "berth-edge-handover 0"
                        : line.replace("\"berth-edge-handover 2\"", "\"berth-edge-handover 1\"");
    }

    /** Descriptors of this process that listen on the elder's ports. */
    private long listening() throws IOException {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[3].equals("0A")
                        && (fields[1].endsWith(":%04X".formatted(elder.port()))
                                || fields[1].endsWith(":%04X".formatted(elder.httpsPort())))) {
                    sockets.add("socket:[" + fields[9] + "]");
                }
            }
        }
        assertThat(sockets).hasSize(2);
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(fd -> sockets.contains(target(fd))).count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static void greet(SocketChannel peer) throws IOException {
        say(peer, "berth-edge-handover 2");
        assertThat(hear(peer)).isEqualTo("berth-edge-handover 2");
    }

    private static int lastStream(H2Client client) {
        return Objects.requireNonNull(client.next(H2Client.GOAWAY)).number(0);
    }

    private static String get() {
        return "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    }

    private static Duration ofSeconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static TestBackend answeringAfter(CountDownLatch latch) {
        return TestBackend.start(
                (conversation, self) -> {
                    self.next(conversation);
                    latch.await();
                    conversation.send(TestBackend.ok("late"));
                });
    }

    private static TestBackend streaming() {
        return TestBackend.start(
                (conversation, self) -> {
                    self.next(conversation);
                    conversation.send(
                            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                    conversation.readAll();
                });
    }

    private Path socket() {
        return home.resolve("edge/handover.sock");
    }

    private SocketChannel connect() throws IOException {
        await().until(() -> Files.exists(socket()));
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket()));
        return channel;
    }

    private static void say(SocketChannel peer, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            var _ = peer.write(bytes);
        }
    }

    private static String hear(SocketChannel peer) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (peer.read(one) == 1 && one.get(0) != '\n') {
            line.append((char) one.get(0));
            one.clear();
        }
        return line.toString();
    }
}
