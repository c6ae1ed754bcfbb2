package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Where Angular's build puts things, by {@code angular.json}. */
final class Angular {
    private static final String FILE = "angular.json";

    private Angular() {}

    static Outcome outcome(Project project) throws Unplannable {
        if (!project.has(FILE)) {
            return new Outcome.Files("", "dist", true);
        }
        List<String> names = new ArrayList<>();
        JsonNode build = null;
        for (Map.Entry<String, JsonNode> each :
                ManifestText.json(project, FILE).path("projects").properties()) {
            if (each.getValue().path("projectType").asString("application").equals("application")) {
                names.add(each.getKey());
                JsonNode targets = each.getValue().path("architect");
                build =
                        (targets.isObject() ? targets : each.getValue().path("targets"))
                                .path("build");
            }
        }
        if (names.size() != 1 || build == null) {
            throw new Unplannable(severalOrNone(project, names));
        }
        return of(project, names.getFirst(), build);
    }

    private static PlanFailure severalOrNone(Project project, List<String> names) {
        return names.isEmpty()
                ? new PlanFailure.BrokenManifest(
                        project.inRepo(FILE), "it has no project of type application")
                : new PlanFailure.SeveralPrograms(
                        project.inRepo(FILE),
                        "applications",
                        names,
                        "add a Dockerfile that builds one of them");
    }

    private static Outcome of(Project project, String name, JsonNode build) throws Unplannable {
        JsonNode options = build.path("options");
        JsonNode path = options.path("outputPath");
        String base =
                path.isObject()
                        ? path.path("base").asString("dist/" + name)
                        : path.asString("dist/" + name);
        if (!base.matches("[\\w./@-]+") || base.contains("..")) {
            throw new Unplannable(
                    new PlanFailure.BrokenManifest(
                            project.inRepo(FILE), "its outputPath is no directory of the project"));
        }
        // the builders named application put what is for browsers into a directory of its own
        boolean apart = build.path("builder").asString("").endsWith(":application");
        JsonNode server = options.path("ssr");
        boolean prerendered = options.path("outputMode").asString("").equals("static");
        if (!prerendered && (server.isObject() || server.asBoolean(false))) {
            return new Outcome.Bundle(
                    "server-side rendering",
                    new TreeMap<>(Map.of(base, base)),
                    new Command(List.of("node", base + "/server/server.mjs")));
        }
        String browser = path.path("browser").asString("browser");
        String directory = apart && !browser.isEmpty() ? base + "/" + browser : base;
        return new Outcome.Files("", directory, true);
    }
}
