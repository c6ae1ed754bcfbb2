package dev.berth.bench;

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
import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.foresight.Foresight;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.Asides;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.HomeKeys;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.OwnerKeys;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.VerifiedSource;
import dev.berth.reconciler.traffic.FakeTraffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;

/**
 * A host to measure on: Git source, loader, planner, converger and status are the real ones over a
 * repo on disk, engine and edge are in memory. Confined to one thread, but for its engine and edge.
 */
final class FakeHost implements AutoCloseable {
    final Clockwork clock = Clockwork.system();
    final FakeEngine engine = new FakeEngine(InstantSource.system());
    final FakeTraffic traffic = new FakeTraffic();
    final Reconciler reconciler;
    private final Path repo;
    private final Git git;
    private final Path directory;
    private final Vault vault = Vault.ofThisProcess(clock);
    private final JGitSource source;
    private final AppRepositories repositories;
    private final DesiredStateLoader loader;

    /**
     * Makes one with an empty repo.
     *
     * @param directory empty
     */
    FakeHost(Path directory) throws Exception {
        this.directory = directory;
        repo = Files.createDirectories(directory.resolve("repo"));
        Files.createDirectories(repo.resolve("apps"));
        git = Git.init().setDirectory(repo.toFile()).setInitialBranch("main").call();
        Path local = directory.resolve("git");
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
                                local, keyring, Deadlines.OF_APPS, () -> Duration.ofSeconds(30)),
                        source,
                        clock,
                        () -> {});
        loader =
                new DesiredStateLoader(
                        repositories,
                        new LastGoodFile(directory.resolve("last-good")),
                        AgeKeys::none,
                        vault,
                        ReadBefore.ofManyApps());
        reconciler = reconciler();
        write(
                "berth.yaml",
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: bench}
                spec: {domain: localhost}
                """);
    }

    /** What tells of commits that are not followed, read where that says. */
    Foresight foresight(Asides asides) {
        SiteStore sites = new SiteStore(directory.resolve("sites"), clock);
        return new Foresight(
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

    /** Reads commits that are not followed where the repo lies. */
    Asides asides() {
        return source.asides();
    }

    private Reconciler reconciler() {
        SiteStore sites = new SiteStore(directory.resolve("sites"), InstantSource.system());
        Failures failures = new Failures(_ -> Duration.ZERO);
        return new Reconciler(
                new RepoLooks(
                        new VerifiedSource(
                                source,
                                new SigningRulesReader(),
                                new OwnerKeys(directory.resolve("keys"))),
                        (interval, _) -> interval,
                        clock),
                repositories,
                loader,
                new LiveStateReader(engine, traffic::served, sites::published, failures::standing),
                new Converger(
                        engine,
                        traffic,
                        new ImageBuilder(engine, repositories, Queues.ofNobody(clock), clock),
                        sites,
                        clock),
                failures,
                Reconciler.Tenure.sole(),
                Planner::plan,
                8080,
                clock);
    }

    /** Writes an app with about as much in it as a real one has. */
    void app(String name, String image, String probed) {
        write(
                "apps/" + name + ".yaml",
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: %1$s}
                spec:
                  image: %2$s
                  port: 8000
                  replicas: 1
                  command: [sleep, "3600"]
                  env:
                    NAME: %1$s
                    LOG_LEVEL: info
                    UPSTREAM: http://%1$s-api:3000/
                  resources: {memory: 128Mi}
                  healthcheck: {path: %3$s, deadline: 120s}
                  domains: [%1$s.example.com]
                """
                        .formatted(name, image, probed));
    }

    private void write(String file, String text) {
        try {
            Files.writeString(repo.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Commits all that was written.
     *
     * @return the commit, 40 hex digits
     */
    String commit(String message) throws GitAPIException {
        git.add().addFilepattern(".").call();
        return git.commit()
                .setAuthor("Bench", "bench@example.com")
                .setCommitter("Bench", "bench@example.com")
                .setSign(false)
                .setMessage(message)
                .call()
                .name();
    }

    /** Commits all that was written on a branch of its own, and takes main up again. */
    void propose(String branch) throws GitAPIException {
        git.checkout().setCreateBranch(true).setName(branch).call();
        commit(branch);
        git.checkout().setName("main").call();
    }

    @Override
    public void close() {
        repositories.close();
        source.close();
        git.close();
    }
}
