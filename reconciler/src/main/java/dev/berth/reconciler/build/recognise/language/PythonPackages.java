package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.recognise.ManifestText;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the manifests of a Python project say.
 *
 * @param names of its packages, in lower case with {@code -}
 * @param pyproject empty object when there is none
 * @param pipfile empty object when there is none
 */
record PythonPackages(SortedSet<String> names, JsonNode pyproject, JsonNode pipfile) {
    private static final String PYPROJECT = "pyproject.toml";
    private static final String PIPFILE = "Pipfile";
    private static final Pattern NAME = Pattern.compile("(?m)^[ \\t]*([A-Za-z0-9][A-Za-z0-9._-]*)");

    PythonPackages {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /**
     * Reads those of a directory.
     *
     * @throws Unplannable if one of them can't be read
     */
    static PythonPackages of(Project project) throws Unplannable {
        JsonNode pyproject = toml(project, PYPROJECT);
        JsonNode pipfile = toml(project, PIPFILE);
        SortedSet<String> names = new TreeSet<>();
        Matcher lines = NAME.matcher(project.textOrEmpty("requirements.txt"));
        while (lines.find()) {
            names.add(normal(lines.group(1)));
        }
        for (JsonNode each : pyproject.path("project").path("dependencies")) {
            Matcher line = NAME.matcher(each.asString(""));
            if (line.find()) {
                names.add(normal(line.group(1)));
            }
        }
        poetry(pyproject).path("dependencies").propertyNames().forEach(n -> names.add(normal(n)));
        pipfile.path("packages").propertyNames().forEach(n -> names.add(normal(n)));
        return new PythonPackages(names, pyproject, pipfile);
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /** Whether {@code pyproject.toml} has a table of a tool. */
    boolean declares(String tool) {
        return pyproject.path("tool").has(tool);
    }

    /** Some of its packages lie in the repo: members of a workspace of uv, or what a path names. */
    boolean areLocal() {
        JsonNode uv = pyproject.path("tool").path("uv");
        return uv.has("workspace")
                || namesPath(uv.path("sources"))
                || namesPath(poetry(pyproject))
                || namesPath(pipfile.path("packages"));
    }

    private static boolean namesPath(JsonNode packages) {
        return !packages.findPath("path").isMissingNode();
    }

    boolean declaresProject() {
        return pyproject.has("project") || pyproject.has("build-system");
    }

    /** The only command that the project brings, by its name; {@code null} = none, or several. */
    @Nullable String onlyScript() {
        JsonNode scripts = pyproject.path("project").path("scripts");
        JsonNode all = scripts.isObject() ? scripts : poetry(pyproject).path("scripts");
        return all.isObject() && all.size() == 1 ? all.propertyNames().iterator().next() : null;
    }

    @Nullable Accepted version(Project project) {
        return Versions.first(
                Versions.inFile(project, ".python-version"),
                Versions.inFile(project, "runtime.txt"),
                Versions.inToolVersions(project, "python"),
                said(project, PYPROJECT, pyproject.path("project").path("requires-python")),
                said(project, PYPROJECT, poetry(pyproject).path("dependencies").path("python")),
                said(project, PIPFILE, pipfile.path("requires").path("python_version")));
    }

    private static @Nullable Accepted said(Project project, String file, JsonNode node) {
        return node.isString()
                ? new Accepted(node.asString(), Dialect.PESSIMISTIC, project.inRepo(file))
                : null;
    }

    private static JsonNode poetry(JsonNode pyproject) {
        return pyproject.path("tool").path("poetry");
    }

    private static JsonNode toml(Project project, String file) throws Unplannable {
        return project.has(file)
                ? ManifestText.toml(project, file)
                : JsonNodeFactory.instance.objectNode();
    }

    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[._-]+", "-");
    }
}
