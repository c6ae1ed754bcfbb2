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
import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.Foresight;
import dev.berth.reconciler.foresight.Knowledge;
import dev.berth.reconciler.foresight.PlanMarkdown;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.ledger.ReleaseLedger;
import dev.berth.reconciler.live.LiveStateReader;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.live.ServedRoutes;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Planner;
import dev.berth.reconciler.plan.Reason;
import dev.berth.reconciler.preview.Previews;
import dev.berth.reconciler.secret.SecretRoom;
import dev.berth.reconciler.source.AppRepositories;
import dev.berth.reconciler.source.Asides;
import dev.berth.reconciler.source.Credentials;
import dev.berth.reconciler.source.Deadlines;
import dev.berth.reconciler.source.DirectoryTree;
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
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code plan DIR|REF [--trust] [--json|--markdown]}: what would change if that were the config, or
 * if that commit of the config repo were merged, and why. Looks at the engine and at what the edge
 * serves, with the code that control uses; writes nothing but copies of Git objects in a directory
 * that is gone afterwards.
 */
final class PlanVerb implements Verb {
    /** Those that there are stay: what is open is known to control alone. */
    private static final Previews PREVIEWS =
            (_, _, _) -> new Previews.Unknown("control knows which previews there are to be");

    private static final Set<String> OPTIONS = Set.of("--json", "--markdown", "--trust");

    /** How a plan is printed. */
    private enum Form {
        TEXT,
        JSON,
        /** As Berth comments on a pull request. */
        MARKDOWN
    }

    private final Map<String, String> environment;

    PlanVerb(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Usage usage() {
        return new Usage(
                "plan DIR|REF [--trust] [--json|--markdown]",
                "what would change, and why; writes nothing");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        Form form =
                arguments.contains("--json")
                        ? Form.JSON
                        : arguments.contains("--markdown") ? Form.MARKDOWN : Form.TEXT;
        List<String> what = arguments.stream().filter(a -> !OPTIONS.contains(a)).toList();
        if (what.size() != 1 || what.getFirst().isBlank() || what.getFirst().startsWith("-")) {
            throw new UsageException(
                    "plan takes one directory, or one branch, tag, pull request (pull/12) or commit of the config repo");
        }
        Proposal proposal =
                arguments.contains("--trust")
                        ? Proposal.trusted(what.getFirst())
                        : Proposal.named(what.getFirst());
        Path copies = null;
        try {
            copies = Files.createTempDirectory("berth-plan");
            return plan(proposal, copies, form, console);
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

    private Exit plan(Proposal what, Path copies, Form form, Console console)
            throws IOException, RepoUrl.InvalidRepoUrlException {
        InstantSource clock = InstantSource.system();
        Path home = Path.of(environment.getOrDefault("BERTH_HOME", "/var/lib/berth"));
        Credentials.Keyring keyring = HomeKeys.in(home.resolve("keys"));
        RepoUrl url =
                RepoUrl.parse(
                        environment.getOrDefault(
                                "BERTH_CONFIG", home.resolve("config.git").toString()));
        try (JGitSource config =
                        new JGitSource(
                                copies,
                                new JGitSource.Origin(url, null, keyring.credentialsFor(url)),
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
                Asides asides = config.asides();
                DockerEngine engine =
                        new DockerEngine(
                                environment.getOrDefault(
                                        "DOCKER_HOST", "unix:///var/run/docker.sock"),
                                null,
                                clock)) {
            SecretRoom secrets = SecretRoom.look(home, environment, console::complain, clock);
            DesiredStateLoader loader =
                    new DesiredStateLoader(
                                    repositories,
                                    new LastGoodFile(home.resolve("last-good")).readOnly(),
                                    secrets.identities(),
                                    secrets.vault(),
                                    ReadBefore.ofManyApps(),
                                    Catalogs.in(home))
                            .with(PREVIEWS);
            Remembered remembered = Remembered.in(home, clock.instant());
            SiteStore sites = new SiteStore(home.resolve("sites"), clock);
            LiveStateReader observer =
                    new LiveStateReader(
                            engine,
                            () -> served(home),
                            sites::published,
                            remembered::failures,
                            remembered::jobs);
            Path directory = directory(what.name());
            if (directory != null) {
                Outlook outlook =
                        plan(
                                files(directory, clock.instant()),
                                loader,
                                observer,
                                remembered,
                                clock);
                return print(
                        outlook,
                        form == Form.JSON,
                        console.cleaned(secrets.vault().redactor()::clean));
            }
            VerifiedSource signed =
                    VerifiedSource.knowing(
                            home.resolve("git"),
                            config,
                            new SigningRulesReader(secrets.identities()),
                            new OwnerKeys(home.resolve("keys")));
            Knowledge known =
                    new Knowledge(
                            signed.lastFollowed(),
                            remembered.failures(),
                            remembered.jobs(),
                            remembered.ledgers());
            Forecast forecast =
                    new Foresight(
                                    asides,
                                    loader,
                                    secrets.vault(),
                                    Catalogs.in(home),
                                    () -> known,
                                    (instance, foreign, _) -> observer.observe(instance, foreign),
                                    aside -> asides.doubt(aside, signed),
                                    clock)
                            .of(what);
            return print(forecast, form, console.cleaned(secrets.vault().redactor()::clean));
        }
    }

    /** {@code null} when it is no directory, and so names a commit. */
    private static @Nullable Path directory(String what) {
        try {
            Path directory = Path.of(what);
            return Files.isDirectory(directory) ? directory : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** What files would have done. */
    private record Outlook(DesiredState desired, Plan plan) {}

    private static Outlook plan(
            SourceReading reading,
            DesiredStateLoader loader,
            LiveStateReader observer,
            Remembered remembered,
            InstantSource clock) {
        DesiredState declared = loader.load(reading);
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
                                            observer.observe(known.instance(), known.adopted()),
                                            clock.instant());
                };
        ReleaseLedger releases = remembered.ledgers().releases();
        DesiredState desired =
                releases.pinned(releases.settled(declared, live, clock.instant(), _ -> ""), live);
        return new Outlook(
                desired, Planner.plan(desired, releases.recalled(desired, live), clock.instant()));
    }

    private static Exit print(Forecast forecast, Form form, Console console) {
        if (forecast instanceof Forecast.Unread unread) {
            console.complain("can't plan: " + unread.cause());
            return Exit.FAILED;
        }
        console.print(
                switch (form) {
                    case JSON -> Json.write(report(forecast));
                    case MARKDOWN -> PlanMarkdown.of(forecast).stripTrailing();
                    case TEXT -> forecast.text().stripTrailing();
                });
        return forecast.verdict() == Forecast.Verdict.GOOD ? Exit.OK : Exit.FAILED;
    }

    private static PlanReport report(Forecast forecast) {
        return switch (forecast) {
            case Forecast.Planned planned ->
                    new PlanReport(
                            planned.revision(),
                            null,
                            planned.text(),
                            planned.prospects().stream()
                                    .flatMap(
                                            each ->
                                                    each.steps().stream()
                                                            .map(
                                                                    step ->
                                                                            new PlanReport
                                                                                    .PlannedChange(
                                                                                    each.resource(),
                                                                                    step.what(),
                                                                                    step
                                                                                            .reasons())))
                                    .toList(),
                            texts(planned.problems().all()));
            case Forecast.Unclear unclear ->
                    new PlanReport(
                            "",
                            unclear.cause(),
                            unclear.text(),
                            List.of(),
                            texts(unclear.problems().all()));
            case Forecast.Checked checked ->
                    new PlanReport(
                            "",
                            checked.headline(),
                            checked.text(),
                            List.of(),
                            texts(checked.problems().all()));
            case Forecast.Unread unread ->
                    new PlanReport("", unread.cause(), unread.text(), List.of(), List.of());
            case Forecast.Moved moved ->
                    new PlanReport("", moved.headline(), moved.text(), List.of(), List.of());
        };
    }

    private static List<String> texts(List<Problem> problems) {
        return problems.stream().map(Problem::toString).toList();
    }

    private static Exit print(Outlook outlook, boolean json, Console console) {
        Plan plan = outlook.plan();
        List<String> problems = texts(outlook.desired().problems());
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
        return new SourceReading.Fresh(Revision.ofFiles(now), DirectoryTree.of(directory));
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
