package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Python with any of its package managers; servers are recognised by framework. */
public final class PythonFamily implements Family {
    private static final String PYTHON = "python";
    private static final String APP = "/app";
    private static final int PORT = 8000;

    @Override
    public String name() {
        return PYTHON;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        String manifest =
                project.first(
                        "pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "manage.py");
        if (manifest == null) {
            String lone = project.first("main.py", "app.py", "server.py");
            return lone == null
                    ? Optional.empty()
                    : Optional.of(sighting("Python", Confidence.LOW, lone, project));
        }
        try {
            PythonPackages packages = PythonPackages.of(project);
            PythonServer server = PythonServer.of(project, packages);
            boolean named = server.kind() != PythonServer.Kind.PLAIN;
            return Optional.of(
                    sighting(
                            server.kind().title(),
                            named ? Confidence.HIGH : Confidence.MEDIUM,
                            named ? server.marker() : manifest,
                            project));
        } catch (Unplannable broken) {
            return Optional.of(
                    new Sighting(
                            "Python",
                            Confidence.MEDIUM,
                            manifest,
                            false,
                            () -> {
                                throw broken;
                            }));
        }
    }

    private static Sighting sighting(String recipe, Confidence sure, String why, Project project) {
        return new Sighting(recipe, sure, why, false, () -> plan(project));
    }

    private static Blueprint plan(Project project) throws Unplannable {
        PythonPackages packages = PythonPackages.of(project);
        PythonInstaller installer = PythonInstaller.of(project, packages);
        PythonServer server = PythonServer.of(project, packages);
        Catalog.Images images = Versions.images(project, PYTHON, packages.version(project));
        List<Step> install = new ArrayList<>(Libraries.toBuild(packages.names()));
        install.addAll(installer.install(project, packages));
        Project root = PythonInstaller.root(project);
        String home = FileTree.join(APP, FileTree.relative(root.path(), project.path()));
        return new Blueprint(
                server.kind().title(),
                root.path(),
                installer.title().isEmpty() ? null : installer.title(),
                new BuildStage(
                        images.build(),
                        APP,
                        install,
                        compile(project, packages, installer, server, home)),
                new Output.Service(
                        images.run(),
                        Libraries.toRun(packages.names()),
                        List.of(new Artifact(APP, APP, true)),
                        home,
                        new TreeMap<>(
                                Map.of(
                                        // the edge is before it, at an address that nobody knows
                                        // before
                                        "FORWARDED_ALLOW_IPS", "*",
                                        "PATH", PythonInstaller.VENV + "/bin:$PATH",
                                        "PYTHONUNBUFFERED", "1",
                                        "PYTHONDONTWRITEBYTECODE", "1")),
                        project.processes(
                                PORT,
                                server.start(),
                                project.noStart(
                                        "an app of FastAPI, Flask or Django, main.py, app.py",
                                        "python main.py"))));
    }

    private static boolean isStarted(PythonPackages packages, PythonServer server) {
        String script = packages.onlyScript();
        Command start = server.start();
        return script != null && start != null && start.words().getFirst().equals(script);
    }

    private static List<Step> compile(
            Project project,
            PythonPackages packages,
            PythonInstaller installer,
            PythonServer server,
            String home) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        if (!home.equals(APP)) {
            steps.add(new Step.ChangeDirectory(home));
        }
        steps.addAll(installer.installProject(project, isStarted(packages, server)));
        String runner = server.kind().runner();
        if (!runner.isEmpty() && !packages.has(runner) && project.procfile().web() == null) {
            steps.add(
                    new Run(
                            "pip --python %s/bin/python install '%s==%s.*'"
                                    .formatted(
                                            PythonInstaller.VENV,
                                            server.kind().installed(),
                                            project.catalog().tool(runner)),
                            PythonInstaller.PIP.cache()));
        }
        String gathers = server.gathers();
        if (gathers != null) {
            steps.add(new Run(gathers));
        }
        return steps;
    }
}
