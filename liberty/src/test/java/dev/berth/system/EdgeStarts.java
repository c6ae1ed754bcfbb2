package dev.berth.system;

import dev.berth.bench.Row;
import dev.berth.bench.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Kills the edge of a running Berth again and again. Its supervisor starts it anew; what is
 * measured begins with that process, by the kernel's clock (in steps of 10 ms), not with the kill.
 */
final class EdgeStarts {
    private static final long TICKS_PER_SECOND = 100; // of every Linux that Java runs on
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Berth berth;
    private final String app;

    EdgeStarts(Berth berth, String app) {
        this.berth = berth;
        this.app = app;
    }

    /** Without a class archive first, then with the one that a stopped edge leaves. */
    void measure(int times) throws Exception {
        measure("Edge without a class archive", 1);
        ProcessHandle edge = ProcessHandle.of(berth.pid("edge")).orElseThrow();
        edge.destroy();
        berth.await("the edge to stop", () -> !edge.isAlive());
        awaitAccepted();
        measure("Edge", times);
    }

    private void measure(String what, int times) throws Exception {
        Samples accepting = new Samples();
        Samples serving = new Samples();
        for (int i = 0; i < times; i++) {
            berth.kill("edge");
            awaitAccepted();
            Duration accepted = sinceBoot();
            requireServed();
            Duration served = sinceBoot();
            Duration started = start(berth.pid("edge"));
            accepting.add(accepted.minus(started));
            serving.add(served.minus(started));
        }
        Row.judged(
                        what + ", from process start to the first accepted connection",
                        accepting,
                        Duration.ofSeconds(1))
                .print();
        Row.plain(what + ", from process start to the first served page", serving.toString())
                .print();
    }

    private void requireServed() throws IOException, InterruptedException {
        HttpResponse<String> page = berth.get(app + ".localhost", "/");
        if (page.statusCode() != 200) {
            throw new IllegalStateException(
                    "a started edge does not serve what it served: " + page + ": " + page.body());
        }
    }

    private void awaitAccepted() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), berth.http), 1000);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        throw new IllegalStateException("the edge did not come back within " + PATIENCE);
    }

    private static Duration sinceBoot() throws IOException {
        String text = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    /** When a process started; field 22 of its stat, the name in the second may hold blanks. */
    private static Duration start(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Duration.ofMillis(Long.parseLong(fields[19]) * 1000 / TICKS_PER_SECOND);
    }
}
