package dev.berth.reconciler.cli;

import dev.berth.reconciler.build.SiteStore;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.LastGoodFile;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.desired.ReadBefore;
import dev.berth.reconciler.desired.SigningRulesReader;
import dev.berth.reconciler.engine.DockerEngine;
import dev.berth.reconciler.ledger.ReleaseLedger;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.plan.Reason;
import dev.berth.reconciler.secret.SecretRoom;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.DirectoryTree;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.HomeKeys;
import dev.berth.reconciler.source.JGitSource;
import dev.berth.reconciler.source.OwnerKeys;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.source.VerifiedSource;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Snapshot;
import dev.berth.schemas.status.PlanReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code plan DIR|BRANCH [--json]}: what would change if that were the config, and why. Looks at
 * the engine and at what the edge serves, with the code that control uses; writes nothing but
 * copies of Git objects in a directory that is gone afterwards.
 */
final class PlanVerb implements Verb {
    private final Map<String, String> environment;

    PlanVerb(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Usage usage() {
        return new Usage("plan DIR|BRANCH [--json]", "what would change, and why; writes nothing");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        List<String> what = arguments.stream().filter(a -> !a.equals("--json")).toList();
        if (what.size() != 1 || what.getFirst().startsWith("-")) {
            throw new UsageException("plan takes one directory or one branch of the config repo");
        }
        boolean json = arguments.contains("--json");
        Path copies = null;
        try {
            copies = Files.createTempDirectory("berth-plan");
            return plan(what.getFirst(), copies, json, console);
        } catch (IOException e) {
            console.complain("can't plan: " + e);
            return Exit.FAILED;
        } catch (IllegalStateException e) {
            console.complain("can't plan: " + e.getMessage());
            return Exit.FAILED;
        } catch (RepoUrl.InvalidRepoUrlException e) {
            console.complain("BERTH_CONFIG: " + e.getMessage());
            return Exit.FAILED;
        } finally {
            delete(copies);
        }
    }

    private Exit plan(String what, Path copies, boolean json, Console console)
            throws IOException, RepoUrl.InvalidRepoUrlException {
        InstantSource clock = InstantSource.system();
        Path home = Path.of(environment.getOrDefault("BERTH_HOME", "/var/lib/berth"));
        Credentials.Keyring keyring = HomeKeys.in(home.resolve("keys"));
        RepoUrl url =
                RepoUrl.parse(
                        environment.getOrDefault(
                                "BERTH_CONFIG", home.resolve("config.git").toString()));
        Path directory = Path.of(what);
        boolean onDisk = Files.isDirectory(directory);
        try (JGitSource config =
                        new JGitSource(
                                copies,
                                new JGitSource.Origin(
                                        url, onDisk ? null : what, keyring.credentialsFor(url)),
                                Deadlines.STANDARD,
                                () -> {});
                AppRepositories repositories =
                        new AppRepositories(
                                new AppRepositories.Settings(
                                        copies,
                                        keyring,
                                        Deadlines.STANDARD,
                                        () -> Duration.ofMinutes(1)),
                                config,
                                clock,
                                () -> {});
                DockerEngine engine =
                        new DockerEngine(
                                environment.getOrDefault(
                                        "DOCKER_HOST", "unix:///var/run/docker.sock"),
                                null,
                                clock)) {
            SecretRoom secrets = SecretRoom.look(home, environment, console::complain, clock);
            SourceReading reading =
                    onDisk ? files(directory, clock.instant()) : config.latestVerified();
            if (reading instanceof SourceReading.Fresh(Revision revision, ConfigTree tree)
                    && !onDisk) {
                tellDoubt(
                        VerifiedSource.knowing(
                                        home.resolve("git"),
                                        config,
                                        new SigningRulesReader(secrets.identities()),
                                        new OwnerKeys(home.resolve("keys")))
                                .doubt(revision, tree),
                        revision,
                        console);
            }
            Remembered remembered = Remembered.in(home, clock.instant());
            DesiredState declared =
                    new DesiredStateLoader(
                                    repositories,
                                    new LastGoodFile(home.resolve("last-good")).readOnly(),
                                    secrets.identities(),
                                    secrets.vault(),
                                    ReadBefore.NOTHING,
                                    Catalogs.in(home))
                            .load(reading);
            SiteStore sites = new SiteStore(home.resolve("sites"), clock);
            Observation live =
                    switch (declared) {
                        case DesiredState.Unknown(var doubt, _) ->
                                new Observation.Unknown(doubt.cause());
                        case DesiredState.Known known ->
                                remembered
                                        .ledgers()
                                        .schedules()
                                        .note(
                                                known,
                                                new LiveStateReader(
                                                                engine,
                                                                () -> served(home),
                                                                sites::published,
                                                                remembered::failures,
                                                                remembered::jobs)
                                                        .observe(known.instance(), known.adopted()),
                                                clock.instant());
                    };
            ReleaseLedger releases = remembered.ledgers().releases();
            DesiredState desired =
                    releases.pinned(
                            releases.settled(declared, live, clock.instant(), _ -> ""), live);
            Plan plan = Planner.plan(desired, releases.recalled(desired, live), clock.instant());
            return print(desired, plan, json, console.cleaned(secrets.vault().redactor()::clean));
        }
    }

    /** What would change is worth knowing of a commit that is to be signed later, too. */
    private static void tellDoubt(@Nullable Doubt doubt, Revision revision, Console console) {
        if (doubt != null) {
            console.complain(
                    "commit %s would not be followed as it is: %s"
                            .formatted(revision.shortCommit(), doubt.cause()));
        }
    }

    private static Exit print(DesiredState desired, Plan plan, boolean json, Console console) {
        List<String> problems = desired.problems().stream().map(Problem::toString).toList();
        if (json) {
            console.print(Json.write(report(plan, problems)));
        } else {
            problems.forEach(console::print);
            console.print(PlanPrinter.print(plan).stripTrailing());
        }
        return plan.unknown() == null && problems.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private static PlanReport report(Plan plan, List<String> problems) {
        return new PlanReport(
                plan.revision(),
                plan.unknown(),
                PlanPrinter.print(plan),
                plan.changes().stream()
                        .map(
                                change ->
                                        new PlanReport.PlannedChange(
                                                change.resource(),
                                                PlanPrinter.line(change),
                                                change.reasons().stream()
                                                        .map(Reason::text)
                                                        .toList()))
                        .toList(),
                problems);
    }

    private static SourceReading files(Path directory, Instant now) throws IOException {
        return new SourceReading.Fresh(
                new Revision("files", "0".repeat(40), "", now), DirectoryTree.of(directory));
    }

    /** What the edge wrote down last; it serves from it also when control is down. */
    private static ServedRoutes served(Path home) {
        Path file = home.resolve("edge").resolve("snapshot.json");
        try {
            return new ServedRoutes.Table(
                    Json.read(Files.readString(file), Snapshot.class).routes());
        } catch (IOException | IllegalArgumentException e) {
            return new ServedRoutes.NotKnown("the edge has written no snapshot to " + file);
        }
    }

    private static void delete(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // left for the system's own clean-up of its temporary directory
        }
    }
}
