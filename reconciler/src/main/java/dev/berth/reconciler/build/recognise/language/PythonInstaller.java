package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What installs Python packages, always into {@code /app/.venv}. */
enum PythonInstaller {
    UV("uv", "uv.lock"),
    POETRY("poetry", "poetry.lock"),
    PIPENV("pipenv", "Pipfile.lock"),
    PIP("pip", null),
    NONE("", null);

    static final String VENV = "/app/.venv";

    private static final Step UV_SETTINGS =
            env(
                    Map.of(
                            "UV_LINK_MODE", "copy",
                            "UV_PYTHON", "python3",
                            "UV_PYTHON_DOWNLOADS", "never",
                            "UV_PROJECT_ENVIRONMENT", VENV));
    private static final String REQUIREMENTS = "requirements.txt";
    private static final String PYPROJECT = "pyproject.toml";
    private static final String PIPFILE = "Pipfile";

    private final String title;
    private final @Nullable String lock;

    PythonInstaller(String title, @Nullable String lock) {
        this.title = title;
        this.lock = lock;
    }

    String title() {
        return title;
    }

    /**
     * By lock file, else by manifest.
     *
     * @throws Unplannable if a lock file is missing, or there are several
     */
    static PythonInstaller of(Project project, PythonPackages packages) throws Unplannable {
        List<PythonInstaller> locked =
                Arrays.stream(values()).filter(m -> m.lock != null && project.has(m.lock)).toList();
        if (locked.size() > 1) {
            throw new Unplannable(
                    new PlanFailure.SeveralLockFiles(
                            project.path(),
                            locked.stream().map(m -> String.valueOf(m.lock)).toList(),
                            "delete all but one"));
        }
        if (!locked.isEmpty()) {
            return locked.getFirst();
        }
        if (!root(project).path().equals(project.path())) {
            return UV;
        }
        if (packages.declares("poetry")) {
            throw missing(project, PYPROJECT, POETRY, "poetry lock");
        }
        if (packages.declares("uv")) {
            throw missing(project, PYPROJECT, UV, "uv lock");
        }
        if (project.has(PIPFILE)) {
            throw missing(project, PIPFILE, PIPENV, "pipenv lock");
        }
        return project.hasAny(REQUIREMENTS, "setup.py") || packages.declaresProject() ? PIP : NONE;
    }

    /** Where the lock file is: the project, or the workspace of uv that it is a member of. */
    static Project root(Project project) {
        String directory = project.path();
        while (!project.hasAny("uv.lock", "poetry.lock", "Pipfile.lock", REQUIREMENTS)
                && project.has(PYPROJECT)
                && !directory.equals(".")) {
            directory = FileTree.parent(directory);
            Project above = project.at(directory);
            if (above.has("uv.lock")
                    && above.textOrEmpty(PYPROJECT).contains("[tool.uv.workspace]")) {
                return above;
            }
        }
        return project;
    }

    /**
     * The packages, before any other file is there. A member of a workspace is made of others, so
     * all files come first.
     *
     * @throws Unplannable if a member has no name
     */
    List<Step> install(Project project, PythonPackages packages) throws Unplannable {
        if (!root(project).path().equals(project.path())) {
            String name = packages.pyproject().path("project").path("name").asString("");
            if (!name.matches("[\\w.-]+")) {
                throw new Unplannable(
                        new PlanFailure.BrokenManifest(
                                project.inRepo(PYPROJECT), "it has no name in [project]"));
            }
            return List.of(
                    tool(project, "uv"),
                    UV_SETTINGS,
                    new Copy(List.of("."), "./"),
                    new Run("uv sync --locked --no-dev --package " + name, cache()));
        }
        return switch (this) {
            case UV ->
                    List.of(
                            tool(project, "uv"),
                            UV_SETTINGS,
                            manifests(packages, PYPROJECT, "uv.lock"),
                            new Run("uv sync --locked --no-dev --no-install-project", cache()));
            case POETRY ->
                    List.of(
                            tool(project, "poetry"),
                            env(Map.of("POETRY_VIRTUALENVS_IN_PROJECT", "true")),
                            manifests(packages, PYPROJECT, "poetry.lock"),
                            new Run(
                                    "poetry install --only main --no-root --no-interaction",
                                    cache()));
            case PIPENV ->
                    List.of(
                            tool(project, "pipenv"),
                            env(Map.of("PIPENV_VENV_IN_PROJECT", "1")),
                            manifests(packages, PIPFILE, "Pipfile.lock"),
                            new Run("pipenv sync", cache()));
            case PIP -> pip(project);
            // nothing is installed into it: without pip it is smaller, and made at once
            case NONE -> List.of(new Run("python -m venv --without-pip " + VENV));
        };
    }

    /** All files, where a package lies in the repo. */
    private static Step manifests(PythonPackages packages, String manifest, String lock) {
        return new Copy(packages.areLocal() ? List.of(".") : List.of(manifest, lock), "./");
    }

    /**
     * The project itself, once all its files are there, for what is installed as a package.
     *
     * @param started what is started is a command that this brings
     */
    List<Step> installProject(Project project, boolean started) {
        if (!root(project).path().equals(project.path())) {
            return List.of();
        }
        return switch (this) {
            case UV -> List.of(new Run("uv sync --locked --no-dev", cache()));
            case PIP ->
                    project.has(REQUIREMENTS) && !started
                            ? List.of()
                            : List.of(new Run(VENV + "/bin/pip install .", cache()));
            case POETRY ->
                    started
                            ? List.of(
                                    new Run("poetry install --only main --no-interaction", cache()))
                            : List.of();
            case PIPENV, NONE -> List.of();
        };
    }

    private List<Step> pip(Project project) {
        List<Step> steps = new ArrayList<>();
        if (!project.has(REQUIREMENTS)) {
            steps.add(new Run("python -m venv " + VENV));
            return steps;
        }
        boolean refers =
                project.textOrEmpty(REQUIREMENTS)
                        .lines()
                        .anyMatch(
                                line -> line.strip().matches("(-r|-c|-e|--req|--con|--edi|[.]).*"));
        steps.add(new Copy(refers ? List.of(".") : List.of(REQUIREMENTS), "./"));
        steps.add(
                new Run(
                        "python -m venv %s && %s/bin/pip install -r %s"
                                .formatted(VENV, VENV, REQUIREMENTS),
                        cache()));
        return steps;
    }

    private static Step tool(Project project, String name) {
        return new Run(
                "pip install '%s==%s.*'".formatted(name, project.catalog().tool(name)),
                PIP.cache());
    }

    private static Step env(Map<String, String> variables) {
        return new Step.Env(new TreeMap<>(variables));
    }

    Cache cache() {
        return switch (this) {
            case UV -> new Cache("uv", "/root/.cache/uv", true);
            case POETRY -> new Cache("poetry", "/root/.cache/pypoetry", true);
            case PIPENV -> new Cache("pipenv", "/root/.cache/pipenv", true);
            case PIP, NONE -> new Cache("pip", "/root/.cache/pip", true);
        };
    }

    private static Unplannable missing(
            Project project, String manifest, PythonInstaller installer, String command) {
        return new Unplannable(
                new PlanFailure.LockFileMissing(
                        project.inRepo(manifest),
                        installer.title,
                        String.valueOf(installer.lock),
                        command));
    }
}
