package dev.berth.reconciler.foresight;

import dev.berth.reconciler.Reconciler;
import dev.berth.reconciler.RepoLooks;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Converger;
import dev.berth.reconciler.converge.Failures;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGoodFile;
import dev.berth.reconciler.desired.ReadBefore;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.AppSources;
import dev.berth.reconciler.source.Asides;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.ScratchRepo;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.traffic.FakeTraffic;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A Berth over a real Git repo, with engine and edge in memory, and its foresight. */
final class Ground implements AutoCloseable {
    final ScratchRepo repo;
    final FakeEngine engine = new FakeEngine(Clockwork.system());
    final Vault vault = Vault.ofThisProcess(Clockwork.system());
    final Foresight foresight;

    /** Repos of apps that were looked at. */
    final List<String> reposRead = new CopyOnWriteArrayList<>();

    /** How often the keys were asked for. */
    final AtomicInteger keysAsked = new AtomicInteger();

    private final Reconciler reconciler;
    private final JGitSource source;
    private final AppRepositories trees;
    private final Asides asides;

    Ground(Path directory, AgeKeys keys) {
        repo = new ScratchRepo(directory);
        Clockwork clock = Clockwork.system();
        FakeTraffic traffic = new FakeTraffic();
        source =
                new JGitSource(
                        directory.resolve("git"),
                        new JGitSource.Origin(repo.url(), null, new Credentials.None()),
                        Deadlines.STANDARD,
                        () -> {});
        asides = source.asides();
        trees =
                new AppRepositories(
                        new AppRepositories.Settings(
                                directory.resolve("git"),
                                _ -> new Credentials.None(),
                                Deadlines.OF_APPS,
                                () -> Duration.ofSeconds(30)),
                        source,
                        clock,
                        () -> {});
        SiteStore sites = new SiteStore(directory.resolve("sites"), clock);
        Failures failures = new Failures(_ -> Duration.ZERO);
        AppSources elsewhere =
                app -> {
                    reposRead.add(String.valueOf(app.repo()));
                    return new SourceReading.Unavailable("no repo " + app.repo());
                };
        DesiredStateLoader loader =
                new DesiredStateLoader(
                        elsewhere,
                        new LastGoodFile(directory.resolve("last-good")),
                        () -> {
                            keysAsked.incrementAndGet();
                            return keys;
                        },
                        vault,
                        ReadBefore.ofManyApps());
        LiveStateReader observer =
                new LiveStateReader(engine, traffic::served, sites::published, failures::standing);
        reconciler =
                new Reconciler(
                        new RepoLooks(source, (interval, _) -> interval, clock),
                        trees,
                        loader,
                        observer,
                        new Converger(
                                engine,
                                traffic,
                                new ImageBuilder(engine, trees, Queues.ofNobody(clock), clock),
                                sites,
                                clock,
                                vault),
                        failures,
                        Reconciler.Tenure.sole(),
                        Planner::plan,
                        8080,
                        clock);
        foresight =
                new Foresight(
                        asides,
                        loader,
                        vault,
                        Catalogs.defaults(),
                        reconciler::knowledge,
                        (instance, foreign, known) ->
                                new LiveStateReader(
                                                engine,
                                                traffic::served,
                                                sites::published,
                                                known::failures,
                                                known::jobs)
                                        .observe(instance, foreign),
                        Foresight.Judge.NOBODY,
                        clock);
    }

    /** Follows what main says now. */
    PassReport pass() throws InterruptedException {
        return reconciler.reconcile(new Trigger.Poll());
    }

    void instance(String spec) {
        repo.write("berth.yaml", document("Instance", "home", spec));
    }

    void app(String name, String spec) {
        repo.write("apps/" + name + ".yaml", document("App", name, spec));
    }

    private static String document(String kind, String name, String spec) {
        return """
        apiVersion: berth/v1
        kind: %s
        metadata: {name: %s}
        spec: %s
        """
                .formatted(kind, name, spec);
    }

    /**
     * What the work tree has becomes a pull request, and the work tree is main's again.
     *
     * @return the commit
     */
    String propose(int number) {
        repo.git("checkout", "-q", "-b", "proposal-" + number);
        repo.git("add", "-A");
        repo.git("commit", "-q", "-m", "proposal");
        repo.git("push", "-q", "origin", "HEAD:refs/pull/%d/head".formatted(number));
        String head = repo.head();
        repo.git("checkout", "-q", "main");
        return head;
    }

    Forecast forecast(String name) {
        return foresight.of(Proposal.trusted(name));
    }

    @Override
    public void close() {
        asides.close();
        trees.close();
        source.close();
    }
}
