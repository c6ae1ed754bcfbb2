package dev.berth.bench;

import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * How long it takes until a commit that changes every app is served, with an engine that takes its
 * time for each call. Apps are ready at their first probe.
 *
 * <p>Arguments: an empty directory to work in, a number of apps, milliseconds for each call of the
 * engine.
 */
public final class ConvergeBenchmark {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final FakeHost host;
    private final int apps;
    private final String engine;

    private ConvergeBenchmark(FakeHost host, int apps, Duration latency) {
        this.host = host;
        this.apps = apps;
        this.engine = "an engine that takes %d ms a call".formatted(latency.toMillis());
        host.engine.faults().latency(latency);
    }

    /** Prints the rows. */
    public static void main(String[] arguments) throws Exception {
        int apps = Integer.parseInt(arguments[1]);
        Duration latency = Duration.ofMillis(Long.parseLong(arguments[2]));
        try (FakeHost host = new FakeHost(Path.of(arguments[0]))) {
            new ConvergeBenchmark(host, apps, latency).run();
        }
    }

    private void run() throws Exception {
        host.engine.withImages("busybox:1", "busybox:2");
        judge("%d apps deployed for the first time, %s".formatted(apps, engine), "busybox:1");
        judge("%d apps changed by one commit, %s".formatted(apps, engine), "busybox:2");
    }

    private void judge(String what, String image) throws Exception {
        for (int i = 0; i < apps; i++) {
            host.app("app-" + i, image, "/");
        }
        host.commit("all on " + image);
        int before = host.engine.writeCount();
        long begin = System.nanoTime();
        PassReport report = host.reconciler.reconcile(new Trigger.Poll());
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        if (!report.changes().stream().allMatch(c -> c.outcome() == PassReport.Result.Done)) {
            throw new IllegalStateException("not all was done: " + report.changes());
        }
        Row.judged(
                        what,
                        String.format(
                                Locale.ROOT,
                                "%.1f s; %d engine writes",
                                took.toMillis() / 1e3,
                                host.engine.writeCount() - before),
                        "< %d s".formatted(LIMIT.toSeconds()),
                        took.compareTo(LIMIT) < 0)
                .print();
    }
}
