package dev.berth.bench;

import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jgit.api.errors.GitAPIException;

/**
 * How long a pass takes that has nothing to do, what it asks of the engine to change (which must be
 * nothing), and how much memory it leaves in use.
 *
 * <p>Arguments: an empty directory to work in, then numbers of apps.
 */
public final class NoOpBenchmark {
    private static final int WARM_UP = 10;
    private static final int PASSES = 50;
    private static final Map<Integer, Duration> LIMITS =
            Map.of(
                    100, Duration.ofMillis(300),
                    500, Duration.ofSeconds(1),
                    1000, Duration.ofSeconds(2));

    private final FakeHost host;
    private final int apps;

    private NoOpBenchmark(FakeHost host, int apps) {
        this.host = host;
        this.apps = apps;
    }

    /** Prints rows for each number of apps. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            int apps = Integer.parseInt(arguments[i]);
            try (FakeHost host = new FakeHost(directory.resolve("apps-" + apps))) {
                new NoOpBenchmark(host, apps).run();
            }
        }
    }

    private void run() throws Exception {
        host.engine.withImages("busybox:1");
        for (int i = 0; i < apps; i++) {
            host.app("app-" + i, "busybox:1", "/");
        }
        host.commit("%d apps".formatted(apps));
        PassReport first = host.reconciler.reconcile(new Trigger.Started());
        if (!first.problems().isEmpty() || first.resources().size() <= apps) {
            throw new IllegalStateException("not deployed: " + first.problems());
        }
        judge("No-op pass, %d apps, same commit".formatted(apps), measure(false));
        judge("No-op pass, %d apps, after an unrelated commit".formatted(apps), measure(true));
        printMemory();
    }

    private Samples measure(boolean withCommit) throws GitAPIException, InterruptedException {
        Samples samples = new Samples();
        for (int i = 0; i < WARM_UP + PASSES; i++) {
            if (withCommit) {
                host.commit("unrelated " + i);
            }
            if (i == WARM_UP) {
                host.engine.forgetCalls();
            }
            long begin = System.nanoTime();
            PassReport report = host.reconciler.reconcile(new Trigger.Poll());
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (!report.changes().isEmpty()) {
                throw new IllegalStateException("there was something to do: " + report.plan());
            }
            if (i >= WARM_UP) {
                samples.add(took);
            }
        }
        return samples;
    }

    private void judge(String what, Samples samples) {
        int writes = host.engine.writeCount();
        String result = "%s; %d engine writes".formatted(samples, writes);
        Duration limit = LIMITS.get(apps);
        if (limit == null) {
            Row.judged(what, result, "0 writes", writes == 0).print();
        } else {
            Row.judged(
                            what,
                            result,
                            "p95 < %d ms, 0 writes".formatted(limit.toMillis()),
                            writes == 0 && samples.percentile(95).compareTo(limit) < 0)
                    .print();
        }
    }

    /** Of this JVM, with engine and edge in it and without a server. */
    @SuppressWarnings("DoNotCall") // the figure is what lives, not what waits to be collected
    private void printMemory() throws Exception {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long resident =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
        Row.plain(
                        "Memory of that process after %d apps".formatted(apps),
                        "%d MB of heap in use, RSS %d MB".formatted(heap >> 20, resident >> 10))
                .print();
    }
}
