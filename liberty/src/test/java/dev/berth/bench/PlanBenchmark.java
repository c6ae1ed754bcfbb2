package dev.berth.bench;

import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.Foresight;
import dev.berth.reconciler.foresight.PlanMarkdown;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.source.Asides;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.GitHttpServer;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.trigger.Trigger;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How long it takes from the word that there is a pull request on the config repo until the text of
 * its comment is ready: fetch, merge, load, look, plan, print.
 *
 * <p>Arguments: an empty directory to work in, then the number of apps.
 */
public final class PlanBenchmark {
    private static final int WARM_UP = 3;
    private static final int PULLS = 30;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeHost host;
    private final int apps;

    private PlanBenchmark(FakeHost host, int apps) {
        this.host = host;
        this.apps = apps;
    }

    /** Prints a row for a repo on this machine and one for a repo behind a server. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        int apps = Integer.parseInt(arguments[1]);
        try (FakeHost host = new FakeHost(directory.resolve("host"));
                GitHttpServer server = new GitHttpServer(directory.resolve("host"));
                JGitSource remote =
                        new JGitSource(
                                directory.resolve("far"),
                                new JGitSource.Origin(
                                        RepoUrl.parse(server.base() + "/repo/.git"),
                                        null,
                                        new Credentials.None()),
                                Deadlines.STANDARD,
                                () -> {});
                Asides near = host.asides();
                Asides far = remote.asides()) {
            PlanBenchmark benchmark = new PlanBenchmark(host, apps);
            benchmark.deploy();
            benchmark.measure("near", "repo on this machine", near);
            benchmark.measure("far", "repo behind Git's own HTTP server", far);
        }
    }

    private void deploy() throws Exception {
        host.engine.withImages("busybox:1", "busybox:2");
        for (int i = 0; i < apps; i++) {
            host.app("app-" + i, "busybox:1", "/");
        }
        host.commit("%d apps".formatted(apps));
        follow();
    }

    private void follow() throws InterruptedException {
        if (!host.reconciler.reconcile(new Trigger.Poll()).problems().isEmpty()) {
            throw new IllegalStateException("not deployed");
        }
    }

    private void measure(String kind, String where, Asides asides) throws Exception {
        Foresight foresight = host.foresight(asides);
        Samples samples = new Samples();
        host.engine.forgetCalls();
        for (int i = 0; i < WARM_UP + PULLS; i++) {
            String name = kind + "-" + i;
            host.app("app-" + i % apps, "busybox:2", "/" + kind + i);
            host.app("new-" + name, "busybox:1", "/");
            host.propose(name);
            host.commit("main goes on");
            follow();
            long begin = System.nanoTime();
            Forecast forecast = foresight.of(Proposal.trusted(name));
            String comment = PlanMarkdown.of(forecast);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (!comment.startsWith("### Plan: 1 to create, 1 to replace\n")) {
                throw new IllegalStateException(comment);
            }
            if (i >= WARM_UP) {
                samples.add(took);
            }
        }
        Row.judged(
                        "Plan of a pull request as a comment, %d apps, %s; %d engine writes"
                                .formatted(apps, where, host.engine.writeCount()),
                        samples,
                        LIMIT)
                .print();
    }
}
