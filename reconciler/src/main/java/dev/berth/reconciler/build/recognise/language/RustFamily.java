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
import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Whatever has a {@code Cargo.toml}. The image brings rustup, which obeys rust-toolchain itself.
 */
public final class RustFamily implements Family {
    private static final String RUST = "rust";
    private static final String MANIFEST = "Cargo.toml";
    private static final String LOCK = "Cargo.lock";
    private static final Map<String, String> LIBRARIES =
            Map.of(
                    "libsqlite3-sys", "libsqlite3-0",
                    "mysqlclient-sys", "libmariadb3",
                    "openssl-sys", "libssl3",
                    "pq-sys", "libpq5");
    private static final String TARGET = "/app/target";

    @Override
    public String name() {
        return RUST;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        return project.has(MANIFEST)
                ? Optional.of(
                        new Sighting("Rust", Confidence.HIGH, MANIFEST, false, () -> plan(project)))
                : Optional.empty();
    }

    private static Blueprint plan(Project project) throws Unplannable {
        JsonNode manifest = ManifestText.toml(project, MANIFEST);
        if (!manifest.has("package")) {
            Project only = onlyMember(project);
            return plan(only, ManifestText.toml(only, MANIFEST), project);
        }
        return plan(project, manifest, workspace(project));
    }

    private static Blueprint plan(Project project, JsonNode manifest, Project root)
            throws Unplannable {
        if (!root.has(LOCK)) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            root.inRepo(MANIFEST), "Cargo", LOCK, "cargo generate-lockfile"));
        }
        String crate = manifest.path("package").path("name").asString("app");
        List<String> programs = programs(project, manifest, crate);
        Catalog.Images images = project.catalog().preferred(RUST);
        String member = FileTree.join("/app", FileTree.relative(root.path(), project.path()));
        return new Blueprint(
                "Rust",
                root.path(),
                "Cargo",
                new BuildStage(images.build(), "/app", List.of(), compile(crate, programs)),
                CompiledProgram.output(
                        project,
                        images.run(),
                        libraries(root),
                        member,
                        project.processes(
                                CompiledProgram.PORT,
                                programs.size() == 1
                                        ? Lines.words(
                                                CompiledProgram.PROGRAMS
                                                        + "/"
                                                        + programs.getFirst())
                                        : null,
                                project.noStart("src/main.rs, [[bin]]", crate))));
    }

    /** What is linked when the program starts; of a lock file too large to be read, all. */
    private static List<Step> libraries(Project root) {
        String lock = root.text(LOCK);
        List<String> names =
                LIBRARIES.entrySet().stream()
                        .filter(e -> lock == null || lock.contains('"' + e.getKey() + '"'))
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList();
        if (names.isEmpty()) {
            return List.of();
        }
        List<String> all = new ArrayList<>(List.of("ca-certificates"));
        all.addAll(names);
        return List.of(new Step.Packages(all));
    }

    /** The target directory is a cache, which no image has; so programs are taken out at once. */
    private static List<Step> compile(String crate, List<String> programs) {
        String taken =
                programs.stream().map(p -> "target/release/" + p).collect(Collectors.joining(" "));
        return List.of(
                new Copy(List.of("."), "./"),
                new Run(
                        Fresh.line(
                                "/app",
                                ("cargo build --release --locked --package %s --bins && mkdir -p"
                                                + " /out && cp %s /out/")
                                        .formatted(crate, taken),
                                TARGET),
                        new Cache("cargo", "/usr/local/cargo/registry", true),
                        new Cache("target", TARGET, false)));
    }

    private static List<String> programs(Project project, JsonNode manifest, String crate)
            throws Unplannable {
        String usual = manifest.path("package").path("default-run").asString("");
        TreeSet<String> names = new TreeSet<>();
        if (project.has("src/main.rs")) {
            names.add(crate);
        }
        for (JsonNode bin : manifest.path("bin")) {
            if (bin.path("path").asString("").equals("src/main.rs")) {
                names.remove(crate);
            }
            names.add(bin.path("name").asString(crate));
        }
        for (String file : project.tree().filesIn(project.inRepo("src/bin"))) {
            if (file.endsWith(".rs")) {
                names.add(file.substring(0, file.length() - 3));
            }
        }
        for (String file : project.below("main.rs"::equals)) {
            if (file.matches("src/bin/[^/]+/main[.]rs")) {
                names.add(FileTree.name(FileTree.parent(file)));
            }
        }
        if (names.contains(usual) && project.procfile().web() == null) {
            return List.of(usual);
        }
        if (names.isEmpty() || project.procfile().web() == null) {
            return List.of(
                    project.only(
                            List.copyOf(names),
                            "programs",
                            project.noStart("src/main.rs, src/bin, [[bin]]", crate),
                            "set default-run in Cargo.toml, or add a Procfile with 'web: <name>'"));
        }
        return List.copyOf(names);
    }

    private static Project onlyMember(Project root) throws Unplannable {
        List<String> members = new ArrayList<>();
        for (String file : root.below(MANIFEST::equals)) {
            String directory = FileTree.parent(file);
            if (!directory.equals(".") && root.has(directory + "/src/main.rs")) {
                members.add(directory);
            }
        }
        return root.onlyIn(
                members,
                "programs in this workspace",
                root.noStart("a member with src/main.rs", "server"));
    }

    private static Project workspace(Project project) {
        String directory = project.path();
        while (!project.has(LOCK) && !directory.equals(".")) {
            directory = FileTree.parent(directory);
            Project above = project.at(directory);
            if (above.textOrEmpty(MANIFEST).contains("[workspace]")) {
                return above;
            }
        }
        return project;
    }
}
