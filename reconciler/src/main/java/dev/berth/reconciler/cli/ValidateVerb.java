package dev.berth.reconciler.cli;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalogs;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.reconciler.desired.DesiredStateLoader;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.Rehearsal;
import dev.berth.reconciler.secret.HomeAgeKeys;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.DirectoryTree;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.reconciler.source.WorkTreeHistory;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code validate DIR}: every mistake in a config repo on disk, with the code that control uses, in
 * every environment that has overlays, and against the last commits of a Git work tree. Offline:
 * repos that apps name are not looked at, which is said.
 */
final class ValidateVerb implements Verb {
    private static final Revision UNCOMMITTED = Revision.ofFiles(Instant.EPOCH);

    private final Map<String, String> environment;

    /**
     * @param environment of the process: {@code BERTH_HOME}, {@code SOPS_AGE_KEY_FILE}
     */
    ValidateVerb(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Usage usage() {
        return new Usage("validate DIR", "list every mistake in a config repo on disk");
    }

    @Override
    public Exit run(List<String> arguments, Console console) throws UsageException {
        if (arguments.size() != 1) {
            throw new UsageException("validate takes one directory");
        }
        Path directory = directory(arguments.getFirst());
        DirectoryTree tree;
        try {
            tree = DirectoryTree.of(directory);
        } catch (IOException e) {
            console.complain("can't read %s: %s".formatted(directory, e));
            return Exit.MISUSED;
        }
        HomeAgeKeys identities = identities(console);
        DesiredStateLoader loader = loader(directory, tree, identities, console);
        DesiredState state = loader.load(new SourceReading.Fresh(UNCOMMITTED, tree));
        boolean keyless = identities.get().recipients().isEmpty();
        List<Problem> locked =
                state instanceof DesiredState.Known && keyless
                        ? state.problems().stream().filter(Problem::isLocked).toList()
                        : List.of();
        SortedSet<Problem> all = new TreeSet<>(state.problems());
        all.addAll(ofOtherEnvironments(loader, tree));
        List<Problem> found = new ArrayList<>(all);
        found.removeAll(locked);
        found.forEach(problem -> console.print(problem.toString()));
        return switch (state) {
            case DesiredState.Known known -> known(known, found, locked, console);
            case DesiredState.Unknown(_, List<Problem> problems) when !problems.isEmpty() ->
                    failed(problems, console);
            case DesiredState.Unknown _ -> {
                console.print(
                        "%s holds no Berth document: add berth.yaml with kind: Instance"
                                .formatted(directory));
                yield Exit.FAILED;
            }
        };
    }

    /** With the last commits in mind: some mistakes only show beside what was right before. */
    private DesiredStateLoader loader(
            Path directory, DirectoryTree tree, HomeAgeKeys identities, Console console) {
        Rehearsal rehearsal = rehearsal(identities);
        try (WorkTreeHistory history = WorkTreeHistory.of(directory)) {
            for (SourceReading.Fresh commit : history.last()) {
                rehearsal.follow(commit);
            }
            return rehearsal.next(tree);
        } catch (IOException | ReconcileException e) {
            console.complain(
                    "not compared with the last commit, which can't be read: " + e.getMessage());
            return rehearsal(identities).first();
        }
    }

    private Rehearsal rehearsal(HomeAgeKeys identities) {
        return new Rehearsal(
                identities, Vault.ofThisProcess(InstantSource.system()), Catalogs.in(home()));
    }

    /** What is wrong only with the overlays of an environment that this repo does not name now. */
    private static List<Problem> ofOtherEnvironments(
            DesiredStateLoader loader, DirectoryTree tree) {
        List<Problem> found = new ArrayList<>();
        try {
            for (String environment : loader.environments(tree)) {
                found.addAll(
                        loader.in(environment)
                                .load(new SourceReading.Fresh(UNCOMMITTED, tree))
                                .problems());
            }
        } catch (ReconcileException e) {
            return found; // the first look has said so
        }
        return found;
    }

    /** Those of a Berth on this machine; whoever has none is told what could not be opened. */
    private HomeAgeKeys identities(Console console) {
        return new HomeAgeKeys(home(), environment, console::complain);
    }

    private Path home() {
        return Path.of(environment.getOrDefault("BERTH_HOME", "/var/lib/berth"));
    }

    private static Path directory(String text) throws UsageException {
        try {
            Path directory = Path.of(text);
            if (Files.isDirectory(directory)) {
                return directory;
            }
        } catch (InvalidPathException e) {
            throw new UsageException("%s is no path: %s".formatted(text, e.getReason()));
        }
        throw new UsageException("there is no directory " + text);
    }

    private static Exit known(
            DesiredState.Known state, List<Problem> found, List<Problem> locked, Console console) {
        if (!found.isEmpty()) {
            return failed(found, console);
        }
        if (!locked.isEmpty()) {
            String files =
                    locked.stream()
                            .map(p -> p.location().file())
                            .distinct()
                            .collect(Collectors.joining(", "));
            console.print("not checked, because no age identity is here: " + files);
        }
        SortedSet<ResourceId> unread = new TreeSet<>(state.waiting().keySet());
        String names =
                unread.stream()
                        .filter(id -> locked.isEmpty() || !waitsForSecret(state, id))
                        .map(ResourceId::toString)
                        .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            console.print("not checked, because their source is another repo: " + names);
        }
        state.apps().values().stream()
                .filter(app -> !unread.contains(app.id()))
                .forEach(app -> tell(app, console));
        SortedSet<ResourceId> apps = new TreeSet<>(state.apps().keySet());
        apps.addAll(unread);
        apps.removeIf(id -> id.kind() != Kind.App);
        long domains = domains(state, unread);
        console.print("ok: %s, %s".formatted(count(apps.size(), "app"), count(domains, "domain")));
        return Exit.OK;
    }

    /** What code without a Dockerfile was taken for. */
    private static void tell(DesiredApp app, Console console) {
        Recipe recipe = app.workload().recipe();
        Recipe.Recognised as = recipe == null ? null : recipe.recognised();
        if (as != null) {
            console.print(
                    "%s is recognised as %s (%s)".formatted(app.id(), as.name(), as.reason()));
        }
    }

    private static boolean waitsForSecret(DesiredState.Known state, ResourceId id) {
        return state.waiting().getOrDefault(id, "").contains(" secret/");
    }

    private static long domains(DesiredState.Known state, SortedSet<ResourceId> unread) {
        SortedSet<ResourceId> domains = new TreeSet<>(unread);
        state.routes().forEach(route -> domains.add(route.owner()));
        domains.removeIf(id -> id.kind() != Kind.Domain);
        return domains.size();
    }

    private static Exit failed(List<Problem> problems, Console console) {
        long files = problems.stream().map(p -> p.location().file()).distinct().count();
        console.print(
                "%s in %s".formatted(count(problems.size(), "problem"), count(files, "file")));
        return Exit.FAILED;
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
