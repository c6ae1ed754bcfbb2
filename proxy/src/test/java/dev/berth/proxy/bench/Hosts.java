package dev.berth.proxy.bench;

import static java.util.stream.Collectors.counting;

import dev.berth.proxy.testing.EdgeProcess;
import dev.berth.proxy.testing.FakeControl;
import dev.berth.proxy.testing.TestBackend;
import dev.berth.proxy.testing.TlsClient;
import dev.berth.proxy.tls.TestCertificates;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Certificate;
import dev.berth.schemas.edge.EdgeReport;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import dev.berth.schemas.edge.Snapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;

/**
 * What many hosts cost, each with a certificate of its own: memory of the edge, the time from a
 * snapshot to its ACK, and handshakes that are the first of their host, and later ones.
 */
final class Hosts {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** As long as what authorities send after the host's own. */
    private static final String INTERMEDIATES =
            TestCertificates.of("one.test").chain()
                    + TestCertificates.of("two.test").chain()
                    + TestCertificates.of("three.test").chain();

    private final PrintStream out;
    private final FakeControl control = FakeControl.start();
    private long version;

    private Hosts(PrintStream out) {
        this.out = out;
    }

    /** Starts an edge with that TLS port, gives it so many hosts, and prints what that costs. */
    static void run(int port, int count, PrintStream out) throws IOException, InterruptedException {
        new Hosts(out).measure(port, count);
    }

    private void measure(int port, int count) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("hosts");
        Path token = Files.writeString(home.resolve("token"), "secret\n");
        try (control;
                TestBackend echo = TestBackend.echo();
                EdgeProcess edges = new EdgeProcess(home)) {
            List<Route> routes = each(count, i -> route(host(i), echo));
            List<Certificate> certificates =
                    new ArrayList<>(each(count, i -> certificate(host(i))));
            Map<String, String> environment =
                    Map.of(
                            "BERTH_HTTP_PORT", Integer.toString(EdgeProcess.freePort()),
                            "BERTH_HTTPS_PORT", Integer.toString(port),
                            "BERTH_CONTROL_URL", control.url().toString(),
                            "BERTH_EDGE_TOKEN_FILE", token.toString());
            Process edge = edges.start(environment);
            publish(routes, certificates.subList(0, 1));
            handshake(port, host(0));
            out.printf("RSS with one certificate: %d MiB%n", rss(edge));

            Snapshot all = snapshot(routes, certificates);
            long before = System.nanoTime();
            String json = Json.write(all);
            out.printf(
                    "snapshot of %d hosts: %d KiB of JSON, written in %d ms the first time%n",
                    count,
                    json.getBytes(StandardCharsets.UTF_8).length / 1024,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));
            publish(routes, certificates);
            for (int i = 0; i < 9; i++) {
                out.printf("to its ACK again: %d ms%n", publish(routes, certificates));
            }
            out.printf("RSS with them: %d MiB%n", rss(edge));

            print("first handshakes", handshakes(port, count));
            out.printf("RSS after those: %d MiB%n", rss(edge));
            print("later handshakes", handshakes(port, count));
            for (int i = 0; i < 5; i++) {
                certificates.set(count - 1 - i, certificate(host(count - 1 - i)));
                long acknowledged = publish(routes, certificates);
                long handshake = handshake(port, host(count - 1 - i));
                out.printf(
                        "renewal of one in use: %d ms to its ACK, then its handshake %.1f ms%n",
                        acknowledged, handshake / 1e6);
            }
            out.printf("RSS at the end: %d MiB%n", rss(edge));

            edge.destroy();
            edge.waitFor();
            edge = edges.start(environment);
            handshakeAtLast(port, host(0));
            print("all at once after a restart", atOnce(port, count));
            print("all at once again", atOnce(port, count));
            out.printf("RSS after those: %d MiB%n", rss(edge));
        }
    }

    /** As soon as somebody answers there. */
    private static void handshakeAtLast(int port, String host) throws InterruptedException {
        long began = System.nanoTime();
        while (System.nanoTime() - began < PATIENCE_NANOS) {
            try {
                handshake(port, host);
                return;
            } catch (IOException | UncheckedIOException _) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        throw new IllegalStateException("no edge");
    }

    /** How long each waits, when a client of every host comes at the same moment. */
    private long[] atOnce(int port, int count) {
        List<Future<Long>> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long began = System.nanoTime();
            for (String host : each(count, Hosts::host)) {
                answers.add(
                        clients.submit(
                                () -> {
                                    handshake(port, host);
                                    return System.nanoTime() - began;
                                }));
            }
        }
        answers.stream()
                .filter(answer -> answer.state() == Future.State.FAILED)
                .collect(Collectors.groupingBy(f -> f.exceptionNow().toString(), counting()))
                .forEach((problem, times) -> out.printf("%d times: %s%n", times, problem));
        return answers.stream()
                .filter(answer -> answer.state() == Future.State.SUCCESS)
                .mapToLong(Future::resultNow)
                .toArray();
    }

    private static <T> List<T> each(int count, IntFunction<T> made) {
        return IntStream.range(0, count).mapToObj(made).toList();
    }

    private static String host(int number) {
        return "host-%d.bench.test".formatted(number);
    }

    private static Route route(String host, TestBackend backend) {
        String app = host.substring(0, host.indexOf('.'));
        return new Route(
                host,
                "/",
                ResourceId.app(app),
                app,
                new Route.Proxy(List.of(backend.address())),
                Policy.NONE);
    }

    private static Certificate certificate(String host) {
        Certificate own = TestCertificates.of(host);
        return new Certificate(own.names(), own.chain() + INTERMEDIATES, own.key());
    }

    private Snapshot snapshot(List<Route> routes, List<Certificate> certificates) {
        version++;
        return new Snapshot(version, new RouteTable(routes), List.of(), certificates);
    }

    /** Milliseconds until the edge has reported it. */
    private long publish(List<Route> routes, List<Certificate> certificates)
            throws InterruptedException {
        Snapshot next = snapshot(routes, certificates);
        long began = System.nanoTime();
        control.publish(next);
        while (true) {
            EdgeReport report = control.lastReport();
            long took = System.nanoTime() - began;
            if (report != null && report.version() >= next.version()) {
                return TimeUnit.NANOSECONDS.toMillis(took);
            }
            if (took > PATIENCE_NANOS) {
                throw new IllegalStateException("no ACK");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static long[] handshakes(int port, int count) throws IOException {
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            nanos[i] = handshake(port, host(i));
        }
        return nanos;
    }

    private static long handshake(int port, String host) throws IOException {
        TlsClient client = new TlsClient();
        long began = System.nanoTime();
        try (SSLSocket socket = client.connect(port, host)) {
            long took = System.nanoTime() - began;
            if (!TlsClient.shown(socket).contains(host)) {
                throw new IOException(host + " has another one's certificate");
            }
            return took;
        }
    }

    private void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        out.printf(
                "%s: p50 %.1f ms, p99 %.1f ms, most %.1f ms%n",
                what,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                nanos[nanos.length - 1] / 1e6);
    }

    private static long rss(Process edge) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + edge.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }
}
