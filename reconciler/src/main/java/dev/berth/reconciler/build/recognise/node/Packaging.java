package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which package manager a project uses, in which version.
 *
 * @param lockFile {@code null} = there is nothing to install
 */
record Packaging(Installer installer, String version, @Nullable String lockFile) {
    private static final Pattern NAMED =
            Pattern.compile("(npm|pnpm|yarn|bun)@[\\^~]?(\\d+(?:\\.\\d+){0,2}(?:-[\\w.]+)?).*");
    private static final Pattern CALLED =
            Pattern.compile("(?m)(?:^|[\\s;&|(])(pnpm|pnpx|yarn|bunx?)(?=\\s|$)");
    private static final String BERRY = ".yarnrc.yml";

    /** For people: {@code pnpm 10}. */
    String title() {
        return version.isEmpty() ? installer.command() : installer.command() + " " + version;
    }

    /**
     * By {@code packageManager}, else by lock file.
     *
     * @param root where the lock file lies: the project, or its workspace's root
     * @throws Unplannable if there is none for what has dependencies, or several that differ
     */
    static Packaging of(Project root, PackageJson json, boolean needed) throws Unplannable {
        Matcher named =
                NAMED.matcher(json.packageManager() == null ? "" : json.packageManager().strip());
        if (named.matches()) {
            Installer installer = named(named.group(1), named.group(2));
            return found(root, installer, named.group(2), needed);
        }
        Set<Installer> present = present(root);
        if (present.size() > 1) {
            List<String> files = new ArrayList<>();
            present.forEach(m -> files.add(lockFile(root, m)));
            throw new Unplannable(
                    new PlanFailure.SeveralLockFiles(
                            root.path(),
                            files,
                            "delete all but one, or name the package manager in packageManager"));
        }
        Installer installer = present.isEmpty() ? Installer.NPM : present.iterator().next();
        return found(root, installer, usualVersion(root, installer), needed);
    }

    /** That of a project by itself, which needs a lock file when it has dependencies. */
    static Packaging of(Project project) throws Unplannable {
        PackageJson json = PackageJson.of(project);
        return of(project, json, json.hasDependencies());
    }

    private static Packaging found(
            Project root, Installer installer, String version, boolean needed) throws Unplannable {
        String lockFile = lockFile(root, installer);
        if (lockFile == null && needed) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            root.inRepo(PackageJson.FILE),
                            installer.command(),
                            installer.lockFiles().getFirst(),
                            installer.command() + " install"));
        }
        return new Packaging(installer, version, lockFile);
    }

    private static Installer named(String name, String version) {
        return switch (name) {
            case "pnpm" -> Installer.PNPM;
            case "yarn" ->
                    version.startsWith("1.") || version.equals("1")
                            ? Installer.YARN_CLASSIC
                            : Installer.YARN_BERRY;
            case "bun" -> Installer.BUN;
            default -> Installer.NPM;
        };
    }

    private static Set<Installer> present(Project root) {
        Set<Installer> present = EnumSet.noneOf(Installer.class);
        for (Installer installer : Installer.values()) {
            if (lockFile(root, installer) != null) {
                present.add(installer);
            }
        }
        present.remove(root.has(BERRY) ? Installer.YARN_CLASSIC : Installer.YARN_BERRY);
        return present;
    }

    private static @Nullable String lockFile(Project root, Installer installer) {
        return installer.lockFiles().stream().filter(root::has).findFirst().orElse(null);
    }

    private static String usualVersion(Project root, Installer installer) {
        return switch (installer) {
            case NPM -> "";
            case PNPM -> root.catalog().tool("pnpm");
            case YARN_CLASSIC -> root.catalog().tool("yarn");
            case YARN_BERRY -> root.catalog().tool("yarn-berry");
            case BUN -> root.catalog().tool("bun");
        };
    }

    /**
     * Whether what only building needs can be removed, and what is left still runs.
     *
     * @param generates installing wrote code into packages, which only npm is known to leave alone
     */
    boolean prunes(boolean generates) {
        return switch (installer) {
            case NPM -> true;
            case PNPM, YARN_CLASSIC -> !generates;
            // before 4 it takes a plugin
            case YARN_BERRY -> !generates && !version.matches("[23]([.].*)?");
            // it installs anew, without what was generated or compiled
            case BUN -> false;
        };
    }

    /** Gets the package manager that some command still names; {@code null} = none is missing. */
    @Nullable String setupFor(Project root, List<Command> run) {
        String lines =
                run.stream()
                        .map(command -> String.join(" ", command.words()))
                        .collect(Collectors.joining("\n"));
        Matcher called = CALLED.matcher(lines);
        if (!called.find()) {
            return null;
        }
        Installer missing =
                switch (called.group(1)) {
                    case "pnpm", "pnpx" -> Installer.PNPM;
                    case "yarn" ->
                            installer.command().equals("yarn") ? installer : Installer.YARN_CLASSIC;
                    default -> Installer.BUN;
                };
        return missing.setup(missing == installer ? version : usualVersion(root, missing));
    }

    /** Names of all lock files. */
    static List<String> allLockFiles() {
        return Arrays.stream(Installer.values())
                .flatMap(m -> m.lockFiles().stream())
                .distinct()
                .toList();
    }
}
