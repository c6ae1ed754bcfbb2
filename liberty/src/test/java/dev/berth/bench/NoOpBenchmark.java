package dev.berth.bench;

import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGoodFile;
import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.HomeKeys;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.OwnerKeys;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.VerifiedSource;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;

/**
 * How long a pass takes that has nothing to do, and what it asks of the engine to change (which
 * must be nothing). Git source, loader, planner, converger and status are the real ones; engine and
 * edge are in memory, so their answers cost nothing.
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

    private final Path repo;
    private final Git git;
    private final FakeEngine engine = new FakeEngine(InstantSource.system());
    private final JGitSource source;
    private final AppRepositories repositories;
    private final Reconciler reconciler;

    private NoOpBenchmark(Path directory, int apps) throws Exception {
        repo = Files.createDirectories(directory.resolve("repo"));
        git = Git.init().setDirectory(repo.toFile()).setInitialBranch("main").call();
        writeConfig(apps);
        Path local = directory.resolve("git");
        Clockwork clock = Clockwork.system();
        RepoUrl url = RepoUrl.parse(repo.toString());
        var keyring = HomeKeys.in(directory.resolve("keys"));
        source =
                new JGitSource(
                        local,
                        new JGitSource.Origin(url, null, keyring.credentialsFor(url)),
                        Deadlines.STANDARD,
                        () -> {});
        repositories =
                new AppRepositories(
                        new AppRepositories.Settings(
                                local, keyring, Deadlines.STANDARD, () -> Duration.ofSeconds(30)),
                        source,
                        clock,
                        () -> {});
        reconciler = reconciler(directory, clock);
    }

    private Reconciler reconciler(Path directory, Clockwork clock) {
        FakeTraffic traffic = new FakeTraffic();
        SiteStore sites =
                new SiteStore(directory.resolve("sites"), repositories, InstantSource.system());
        Failures failures = new Failures(_ -> Duration.ZERO);
        engine.withImages("busybox:1");
        return new Reconciler(
                new VerifiedSource(
                        source, new SigningRulesReader(), new OwnerKeys(directory.resolve("keys"))),
                repositories,
                new DesiredStateLoader(
                        repositories, new LastGoodFile(directory.resolve("last-good"))),
                new LiveStateReader(engine, traffic::served, sites::published, failures::standing),
                new Converger(
                        engine,
                        traffic,
                        new ImageBuilder(engine, repositories, clock),
                        sites,
                        clock),
                failures,
                (interval, _) -> interval,
                8080,
                clock);
    }

    /** Prints a row for each number of apps. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            int apps = Integer.parseInt(arguments[i]);
            new NoOpBenchmark(directory.resolve("apps-" + apps), apps).run(apps);
        }
    }

    private void run(int apps) throws GitAPIException, InterruptedException {
        PassReport first = reconciler.reconcile(new Trigger.Started());
        if (!first.problems().isEmpty() || first.resources().size() <= apps) {
            throw new IllegalStateException("not deployed: " + first.problems());
        }
        judge("No-op pass, %d apps, same commit".formatted(apps), measure(false), apps);
        judge(
                "No-op pass, %d apps, after an unrelated commit".formatted(apps),
                measure(true),
                apps);
        repositories.close();
        source.close();
        git.close();
    }

    private Samples measure(boolean withCommit) throws GitAPIException, InterruptedException {
        Samples samples = new Samples();
        for (int i = 0; i < WARM_UP + PASSES; i++) {
            if (withCommit) {
                commit("unrelated " + i);
            }
            if (i == WARM_UP) {
                engine.forgetCalls();
            }
            long begin = System.nanoTime();
            PassReport report = reconciler.reconcile(new Trigger.Poll());
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

    private void judge(String what, Samples samples, int apps) {
        int writes = engine.writeCount();
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

    private void writeConfig(int apps) throws Exception {
        Files.writeString(
                repo.resolve("berth.yaml"),
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: bench}
                spec: {domain: localhost}
                """);
        Path directory = Files.createDirectories(repo.resolve("apps"));
        for (int i = 0; i < apps; i++) {
            String name = "app-" + i;
            Files.writeString(directory.resolve(name + ".yaml"), app(name));
        }
        git.add().addFilepattern(".").call();
        commit("%d apps".formatted(apps));
    }

    private void commit(String message) throws GitAPIException {
        git.commit()
                .setAuthor("Bench", "bench@example.com")
                .setCommitter("Bench", "bench@example.com")
                .setSign(false)
                .setMessage(message)
                .call();
    }

    /** With about as much in it as a real one has. */
    private static String app(String name) {
        return """
        apiVersion: berth/v1
        kind: App
        metadata: {name: %1$s}
        spec:
          image: busybox:1
          port: 8000
          replicas: 1
          command: [sleep, "3600"]
          env:
            NAME: %1$s
            LOG_LEVEL: info
            UPSTREAM: http://%1$s-api:3000/
          resources: {memory: 128Mi}
          healthcheck: {path: /, deadline: 30s}
          domains: [%1$s.example.com]
        """
                .formatted(name);
    }
}
