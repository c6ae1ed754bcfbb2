package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.ShellLine;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Deno, by its settings, its lock file, or a lone {@code main.ts}. */
public final class DenoFamily implements Family {
    private static final String DENO = "deno";
    private static final String LOCK = "deno.lock";
    private static final String APP = "/app";
    private static final String CACHE = "/deno-dir";
    private static final int PORT = 8000;
    private static final String RUN = "deno run --allow-net --allow-env --allow-read ";

    @Override
    public String name() {
        return DENO;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        // a lock file alone may be left of a try
        String settings =
                project.has(PackageJson.FILE)
                        ? project.first("deno.json", "deno.jsonc")
                        : project.first("deno.json", "deno.jsonc", LOCK);
        if (settings != null) {
            return Optional.of(
                    new Sighting("Deno", Confidence.HIGH, settings, false, () -> plan(project)));
        }
        String entry = project.first("main.ts", "mod.ts");
        return entry == null || project.has(PackageJson.FILE)
                ? Optional.empty()
                : Optional.of(
                        new Sighting("Deno", Confidence.LOW, entry, false, () -> plan(project)));
    }

    private static Blueprint plan(Project project) throws Unplannable {
        String file = project.first("deno.json", "deno.jsonc");
        JsonNode tasks =
                file == null
                        ? JsonNodeFactory.instance.objectNode()
                        : ManifestText.json(project, file).path("tasks");
        String entry = project.first("main.ts", "mod.ts", "server.ts", "src/main.ts", "main.js");
        Catalog.Images images = project.catalog().preferred(DENO);
        return new Blueprint(
                "Deno",
                project.path(),
                null,
                new BuildStage(
                        images.build(),
                        APP,
                        List.of(new Step.Env("DENO_DIR", CACHE)),
                        compile(tasks, entry, project.has(LOCK))),
                new Output.Service(
                        images.run(),
                        List.of(),
                        List.of(new Artifact(CACHE, CACHE, true), new Artifact(APP, APP, true)),
                        APP,
                        new TreeMap<>(Map.of("DENO_DIR", CACHE)),
                        project.processes(
                                PORT,
                                start(project, tasks, entry),
                                project.noStart(
                                        "a task 'start', main.ts, mod.ts", RUN + "main.ts"))));
    }

    private static List<Step> compile(JsonNode tasks, @Nullable String entry, boolean locked) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        // else it would write anew what does not fit, and the same commit be something else
        // tomorrow
        String install = locked ? "deno install --frozen" : "deno install";
        // what it downloads is needed to run, so it is no cache but a part of the image
        steps.add(
                new Run(
                        entry == null
                                ? "mkdir -p %s && %s".formatted(CACHE, install)
                                : "mkdir -p %s && %s --entrypoint %s"
                                        .formatted(CACHE, install, entry)));
        if (!task(tasks, "build").isEmpty()) {
            steps.add(new Run("deno task build"));
        }
        return steps;
    }

    private static @Nullable Command start(
            Project project, JsonNode tasks, @Nullable String entry) {
        String task = task(tasks, "start");
        if (!task.isEmpty()) {
            return ShellLine.command(task);
        }
        if (entry == null) {
            return null;
        }
        return project.textOrEmpty(entry).contains("export default")
                ? Command.shell("exec deno serve --port $PORT " + entry)
                : ShellLine.command(RUN + entry);
    }

    private static String task(JsonNode tasks, String name) {
        JsonNode task = tasks.path(name);
        return task.isObject() ? task.path("command").asString("") : task.asString("");
    }
}
