package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a {@code package.json} says.
 *
 * @param where its path in the repo
 * @param dependencies with optional ones
 * @param engine {@code engines.node}
 * @param packageManager {@code pnpm@10.1.0}, as corepack reads it
 * @param workspaces patterns of the directories of its members
 * @param prismaElsewhere it says where the schema of Prisma is
 */
record PackageJson(
        String where,
        @Nullable String name,
        SortedMap<String, String> scripts,
        SortedMap<String, String> dependencies,
        SortedMap<String, String> devDependencies,
        @Nullable String engine,
        @Nullable String packageManager,
        List<String> workspaces,
        @Nullable String main,
        boolean prismaElsewhere) {
    static final String FILE = "package.json";

    private static final String GENERATES = "prisma generate";

    /** Hooks for the repo of an author. */
    private static final Pattern NEEDS_NO_FILES =
            Pattern.compile(
                    "(?:is-ci \\|\\| )?(?:husky(?: install)?|simple-git-hooks|lefthook install)"
                            + "(?: \\|\\| (?:true|exit 0|:))?");

    PackageJson {
        scripts = Collections.unmodifiableSortedMap(new TreeMap<>(scripts));
        dependencies = Collections.unmodifiableSortedMap(new TreeMap<>(dependencies));
        devDependencies = Collections.unmodifiableSortedMap(new TreeMap<>(devDependencies));
        workspaces = List.copyOf(workspaces);
    }

    /**
     * Reads that of a directory.
     *
     * @throws Unplannable if it can't be read
     */
    static PackageJson of(Project project) throws Unplannable {
        JsonNode root = ManifestText.json(project, FILE);
        TreeMap<String, String> dependencies = words(root.path("dependencies"));
        dependencies.putAll(words(root.path("optionalDependencies")));
        return new PackageJson(
                project.inRepo(FILE),
                word(root.path("name")),
                words(root.path("scripts")),
                dependencies,
                words(root.path("devDependencies")),
                word(root.path("engines").path("node")),
                word(root.path("packageManager")),
                patterns(root.path("workspaces")),
                word(root.path("main")),
                root.path("prisma").has("schema"));
    }

    boolean uses(String... packages) {
        return usesAny(List.of(packages));
    }

    boolean usesAny(Collection<String> packages) {
        return packages.stream()
                .anyMatch(p -> dependencies.containsKey(p) || devDependencies.containsKey(p));
    }

    boolean hasDependencies() {
        return !dependencies.isEmpty() || !devDependencies.isEmpty();
    }

    boolean hasScript(String script) {
        return scripts.containsKey(script);
    }

    /** The first of some scripts that is there. */
    @Nullable String firstScript(List<String> names) {
        return names.stream().filter(this::hasScript).findFirst().orElse(null);
    }

    /**
     * Installing runs code of the project, which may need all its files.
     *
     * @param generates what Prisma generates from is there
     */
    boolean installRunsScripts(boolean generates) {
        return Stream.of("preinstall", "install", "postinstall", "prepare")
                        .filter(this::hasScript)
                        .map(script -> scripts.getOrDefault(script, "").strip())
                        .filter(line -> !(generates && line.equals(GENERATES)))
                        .anyMatch(line -> !NEEDS_NO_FILES.matcher(line).matches())
                || dependencies.values().stream().anyMatch(v -> v.startsWith("file:"))
                || devDependencies.values().stream().anyMatch(v -> v.startsWith("file:"));
    }

    private static List<String> patterns(JsonNode workspaces) {
        JsonNode list = workspaces.isObject() ? workspaces.path("packages") : workspaces;
        List<String> patterns = new ArrayList<>();
        if (list.isArray()) {
            list.forEach(
                    each -> {
                        if (each.isString()) {
                            patterns.add(each.asString());
                        }
                    });
        }
        return patterns;
    }

    private static @Nullable String word(JsonNode node) {
        return node.isString() && !node.asString().isBlank() ? node.asString() : null;
    }

    private static TreeMap<String, String> words(JsonNode node) {
        TreeMap<String, String> words = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            if (each.getValue().isString()) {
                words.put(each.getKey(), each.getValue().asString());
            }
        }
        return words;
    }
}
