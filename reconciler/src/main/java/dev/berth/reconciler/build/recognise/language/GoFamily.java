package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.Fresh;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whatever has a {@code go.mod}. */
public final class GoFamily implements Family {
    private static final String GO = "go";
    private static final String MODULE = "go.mod";
    private static final String SUMS = "go.sum";
    private static final String WORK = "go.work";
    private static final Pattern MAIN = Pattern.compile("(?m)^package\\s+main\\b");

    private static final List<Cache> CACHES =
            List.of(
                    new Cache("go-modules", "/go/pkg/mod", true),
                    new Cache("go-build", "/root/.cache/go-build", true));

    @Override
    public String name() {
        return GO;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        return project.has(MODULE)
                ? Optional.of(
                        new Sighting("Go", Confidence.HIGH, MODULE, false, () -> plan(project)))
                : Optional.empty();
    }

    private static Blueprint plan(Project project) throws Unplannable {
        String module = project.manifest(MODULE);
        Project root = workspace(project);
        if (root.path().equals(project.path())
                && Pattern.compile("(?m)^require\\b").matcher(module).find()
                && !project.has(SUMS)) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            project.inRepo(MODULE), "Go", SUMS, "go mod tidy"));
        }
        List<String> programs = programs(project);
        Catalog.Images images = Versions.images(project, GO, version(project));
        String member = FileTree.relative(root.path(), project.path());
        String home = FileTree.join("/app", member);
        return new Blueprint(
                "Go",
                root.path(),
                "Go modules",
                new BuildStage(
                        images.build(),
                        "/app",
                        install(root, project, module),
                        compile(member, programs, module)),
                CompiledProgram.output(
                        project,
                        images.run(),
                        List.of(),
                        home,
                        project.processes(
                                CompiledProgram.PORT,
                                programs.size() == 1
                                        ? Lines.words(binary(project, programs.getFirst()))
                                        : null,
                                project.noStart("package main here and in cmd/", "server"))));
    }

    /** The module itself, or the workspace that it is a part of. */
    private static Project workspace(Project project) {
        String directory = project.path();
        while (!directory.equals(".")) {
            directory = FileTree.parent(directory);
            Project above = project.at(directory);
            if (above.has(WORK)) {
                return above;
            }
        }
        return project;
    }

    private static List<Step> install(Project root, Project project, String module) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.Env("CGO_ENABLED", needsC(module) ? "1" : "0"));
        boolean local = Pattern.compile("=>\\s*\\.").matcher(module).find();
        if (!root.path().equals(project.path()) || local || project.hasDirectory("vendor")) {
            return steps;
        }
        List<String> manifests = new ArrayList<>(List.of(MODULE));
        if (project.has(SUMS)) {
            manifests.add(SUMS);
        }
        steps.add(new Copy(manifests, "./"));
        steps.add(new Run("go mod download", CACHES));
        return steps;
    }

    private static List<Step> compile(String member, List<String> programs, String module) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        if (!member.equals(".")) {
            steps.add(new Step.ChangeDirectory(FileTree.join("/app", member)));
        }
        String packages = programs.size() == 1 ? programs.getFirst() : String.join(" ", programs);
        String name = packages.equals(".") ? "/out/" + lastPart(module) : "/out/";
        steps.add(
                new Run(
                        Fresh.line(
                                "/app",
                                "mkdir -p /out && go build -trimpath -ldflags='-s -w' -o %s %s"
                                        .formatted(name, packages)),
                        CACHES));
        return steps;
    }

    /** Packages that are programs. More than one only if the Procfile says what each is for. */
    private static List<String> programs(Project project) throws Unplannable {
        if (project.files().stream().anyMatch(file -> isMain(project, file))) {
            return List.of(".");
        }
        TreeSet<String> found = new TreeSet<>();
        for (String file : project.below(name -> name.endsWith(".go"))) {
            boolean named = FileTree.name(file).equals("main.go");
            if (file.startsWith("cmd/") && (named || isMain(project, file))) {
                found.add("./" + FileTree.parent(file));
            }
        }
        if (found.isEmpty() || project.procfile().web() == null) {
            return List.of(
                    project.only(
                            List.copyOf(found),
                            "programs",
                            project.noStart("package main here and in cmd/", "server"),
                            "add a Procfile with 'web: <name of the program>'"));
        }
        return List.copyOf(found);
    }

    private static boolean isMain(Project project, String file) {
        return file.endsWith(".go")
                && !file.endsWith("_test.go")
                && MAIN.matcher(project.textOrEmpty(file)).find()
                && GoConstraint.isBuilt(project.textOrEmpty(file));
    }

    private static String binary(Project project, String program) {
        String name =
                program.equals(".")
                        ? lastPart(project.textOrEmpty(MODULE))
                        : FileTree.name(program);
        return CompiledProgram.PROGRAMS + "/" + name;
    }

    private static String lastPart(String module) {
        var found = Pattern.compile("(?m)^module\\s+\"?([^\\s\"]+)").matcher(module);
        String path = found.find() ? found.group(1).replaceFirst("/v\\d+$", "") : "app";
        String name = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "-");
        return name.isEmpty() ? "app" : name;
    }

    private static boolean needsC(String module) {
        return module.contains("github.com/mattn/go-sqlite3");
    }

    /** Newer compilers build older code, so what is asked for is the least. */
    private static @Nullable Accepted version(Project project) {
        Accepted asked =
                Versions.matching(
                        project, MODULE, "(?m)^go\\s+(\\d+\\.\\d+(?:\\.\\d+)?)", Dialect.NPM);
        return asked == null ? null : new Accepted(">=" + asked.text(), Dialect.NPM, asked.where());
    }
}
