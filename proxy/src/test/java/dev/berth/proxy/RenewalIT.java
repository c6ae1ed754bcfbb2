package dev.berth.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.H2Client;
import dev.berth.proxy.testing.H3Client;
import dev.berth.proxy.testing.Routes;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A certificate is renewed again and again under clients that shake hands all the time, over TCP
 * and QUIC, resume sessions, or stay connected over HTTP/1.1 and HTTP/2. Whatever a client meets
 * but an answer under the host's own certificate is a failure, and the edge has counted none.
 */
class RenewalIT {
    private static final int RENEWALS = 20;
    private static final int BETWEEN = 5;
    private static final long PACE_MILLIS = 3;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<Client, LongAdder> done = new ConcurrentHashMap<>();
    private final Set<String> shown = ConcurrentHashMap.newKeySet();

    private enum Client {
        NewConnection,
        Resuming,
        KeepAlive,
        Http2,
        NewOverQuic
    }

    @Test
    @Timeout(120)
    void renewal_twentyTimesUnderLoad_noHandshakeAndNoConnectionFails(@TempDir Path home)
            throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        try (TestBackend echo = TestBackend.echo();
                FakeControl control = FakeControl.start();
                TestEdge edge = TestEdge.startHttp3(home, control.url())) {
            publish(control, 1, echo);
            clients.add(start(Client.NewConnection, () -> connectEachTime(edge.httpsPort())));
            clients.add(start(Client.Resuming, () -> resume(edge.httpsPort())));
            clients.add(start(Client.KeepAlive, () -> stay(edge.httpsPort())));
            clients.add(start(Client.Http2, () -> stream(edge.httpsPort())));
            clients.add(start(Client.NewOverQuic, () -> connectOverQuic(edge.httpsPort())));
            for (int version = 2; version <= RENEWALS + 1; version++) {
                awaitMore();
                publish(control, version, echo);
                try (SSLSocket socket = new TlsClient().connect(edge.httpsPort(), "a.test")) {
                    assertThat(TlsClient.shown(socket)).contains(generation(version));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            awaitMore();
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
            assertThat(counted(edge, "berth_edge_tls_failures_total{")).as("failed").isZero();
            assertThat(counted(edge, "berth_edge_tls_handshakes_total{", "resumed=\"true\""))
                    .as("resumed")
                    .isGreaterThan(RENEWALS);
        }
        assertThat(shown).hasSize(RENEWALS + 1);
    }

    /** The sum of the series whose names begin and go on like this. */
    private static long counted(TestEdge edge, String family, String... labels) {
        return edge.edge()
                .metrics()
                .lines()
                .filter(line -> line.startsWith(family))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String generation(long version) {
        return "v" + version + ".test";
    }

    private static void publish(FakeControl control, long version, TestBackend backend) {
        control.publish(
                new Snapshot(
                        version,
                        new RouteTable(List.of(Routes.proxy("a.test", backend.address()))),
                        List.of(),
                        List.of(TestCertificates.of("a.test", generation(version)))));
        soon().until(() -> isServed(control, version));
    }

    private static boolean isServed(FakeControl control, long version) {
        EdgeReport report = control.lastReport();
        return report != null && report.version() >= version;
    }

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30));
    }

    /** Until each client has done some more. */
    private void awaitMore() {
        Map<Client, Long> before = new ConcurrentHashMap<>();
        for (Client client : Client.values()) {
            before.put(client, count(client));
        }
        soon().until(
                        () ->
                                !failures.isEmpty()
                                        || before.entrySet().stream()
                                                .allMatch(
                                                        e ->
                                                                count(e.getKey())
                                                                        >= e.getValue() + BETWEEN));
    }

    private long count(Client client) {
        LongAdder adder = done.get(client);
        return adder == null ? 0 : adder.sum();
    }

    // ---- the clients

    @FunctionalInterface
    private interface Session {
        void run() throws IOException, InterruptedException;
    }

    private Thread start(Client kind, Session session) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                session.run();
                            } catch (IOException
                                    | InterruptedException
                                    | RuntimeException
                                    | AssertionError e) {
                                failures.add(kind + ": " + e);
                            }
                        });
    }

    /** Leaves the edge some of the machine. */
    private void did(Client kind) throws InterruptedException {
        Thread.sleep(PACE_MILLIS);
        done.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    private void connectEachTime(int port) throws IOException, InterruptedException {
        while (!over.get()) {
            try (SSLSocket socket = new TlsClient().connect(port, "a.test")) {
                shown.add(own(TlsClient.shown(socket)));
                get(socket);
                did(Client.NewConnection);
            }
        }
    }

    private void connectOverQuic(int port) throws InterruptedException {
        while (!over.get()) {
            try (H3Client client = H3Client.connect(port)) {
                own(client.shown());
                assertThat(client.get("/").answer().status()).isEqualTo(200);
                did(Client.NewOverQuic);
            }
        }
    }

    /** Not the default certificate. */
    private static String own(String names) {
        assertThat(names).contains("a.test");
        return names;
    }

    private void resume(int port) throws IOException, InterruptedException {
        TlsClient client = new TlsClient("TLSv1.2");
        while (!over.get()) {
            try (SSLSocket socket = client.connect(port, "a.test")) {
                own(TlsClient.shown(socket));
                get(socket);
                did(Client.Resuming);
            }
        }
    }

    private void stay(int port) throws IOException, InterruptedException {
        try (SSLSocket socket = new TlsClient().connect(port, "a.test")) {
            Conversation talk = new Conversation(socket);
            while (!over.get()) {
                get(talk);
                did(Client.KeepAlive);
            }
        }
    }

    private void stream(int port) throws IOException, InterruptedException {
        try (SSLSocket socket = new TlsClient().connect(port, "a.test", "h2");
                H2Client client = H2Client.over(socket)) {
            for (int stream = 1; !over.get(); stream += 2) {
                H2Client.Answer answer = client.get(stream, "/").answer(stream);
                assertThat(answer.status()).isEqualTo(200);
                client.window(0, Math.max(1, answer.body().length()));
                did(Client.Http2);
            }
        }
    }

    private static void get(SSLSocket socket) throws IOException {
        get(new Conversation(socket));
    }

    private static void get(Conversation talk) throws IOException {
        talk.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        String head = String.valueOf(talk.readHead());
        assertThat(head).contains(" 200 ");
        assertThat(talk.readBody(head)).contains("GET / ");
    }
}
