package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Output.Processes;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The blueprint of one package, alone or in a workspace. */
final class NodePlan {
    private static final String APP = "/app";
    private static final String BINARIES = "/node_modules/.bin";
    private static final int PORT = 3000;

    /** For a server that is complete in itself, where the package is in the image, too. */
    private static final String BESIDE = "/standalone";

    private static final String LISTENS = "HOSTNAME";
    private static final String EVERYWHERE = "0.0.0.0";

    private final Project project;
    private final PackageJson json;
    private final @Nullable Workspace workspace;
    private final Project root;
    private final String member;

    /**
     * For one package.
     *
     * @param workspace that it is a member or the root of; {@code null} = none
     */
    NodePlan(Project project, PackageJson json, @Nullable Workspace workspace) {
        this.project = project;
        this.json = json;
        this.workspace = workspace;
        this.root = workspace == null ? project : workspace.root();
        this.member = workspace == null ? "." : workspace.fromRoot(project.path());
    }

    Blueprint blueprint(Framework framework) throws Unplannable {
        PackageJson top = workspace == null ? json : workspace.json();
        boolean needed = json.hasDependencies() || top.hasDependencies() || workspace != null;
        Packaging packaging = Packaging.of(root, top, needed);
        String script = buildScript(framework);
        boolean bun = packaging.installer() == Installer.BUN;
        Outcomes outcomes = new Outcomes(project, json, script, bun);
        Outcome outcome = outcomes.of(framework);
        boolean runsOnBun = bun && framework.isPlain() && startsBun(outcome);
        Catalog.Images images =
                runsOnBun
                        ? project.catalog().preferred(Installer.BUN.command())
                        : NodeVersion.images(project, json, top);
        NodeBuild build = new NodeBuild(root, member, workspace, packaging, json, runsOnBun);
        boolean prunes =
                outcome instanceof Outcome.Whole whole
                        && !(framework == Framework.NEXT
                                && (project.hasAny("next.config.ts", "next.config.mts")
                                        || outcomes.nextLoads(json.devDependencies().keySet())))
                        && isPrunable(whole.start(), packaging);
        return new Blueprint(
                runsOnBun ? "Bun" : title(framework, outcome),
                root.path(),
                packaging.lockFile() == null ? null : packaging.title(),
                new BuildStage(
                        images.build(),
                        APP,
                        build.install(needsOpenSsl()),
                        build.compile(framework, script, prunes)),
                output(outcome, images, framework, runsOnBun ? null : packaging));
    }

    private static boolean startsBun(Outcome outcome) {
        return outcome instanceof Outcome.Whole whole
                && whole.start() != null
                && String.join(" ", whole.start().words())
                        .matches("(?s)(/bin/sh -c )?(.*exec )?bun .*");
    }

    private String title(Framework framework, Outcome outcome) {
        return outcome.variant().isEmpty()
                ? framework.title()
                : "%s (%s)".formatted(framework.title(), outcome.variant());
    }

    private @Nullable String buildScript(Framework framework) throws Unplannable {
        String script = json.firstScript(List.of("build", "docs:build", "build:prod"));
        if (script == null && !framework.isPlain()) {
            throw new Unplannable(
                    new PlanFailure.MissingScript(
                            json.where(), "build", framework.title(), framework.usualBuild()));
        }
        return script;
    }

    private boolean isPrunable(@Nullable Command start, Packaging packaging) {
        return workspace == null
                && !json.devDependencies().isEmpty()
                && !runsMore(start)
                && start != null
                && Scripts.isPlain(json, start)
                && packaging.prunes(needsOpenSsl());
    }

    /**
     * Whether a Procfile or the document runs something else in the image, which may need anything
     * of the package.
     */
    private boolean runsMore(@Nullable Command start) {
        return !project.procfile().lines().isEmpty()
                || project.hints().commands().all().stream()
                        .anyMatch(each -> start == null || !line(each).equals(line(start)));
    }

    /** The same for words and for a line of them. */
    private static String line(Command command) {
        return String.join(" ", command.words()).replaceFirst("^/bin/sh -c (?:exec )?", "");
    }

    /**
     * @param packaging what may have to be in the image, too; {@code null} = it is there
     */
    private Output output(
            Outcome outcome,
            Catalog.Images images,
            Framework framework,
            @Nullable Packaging packaging)
            throws Unplannable {
        String home = FileTree.join(APP, member);
        return switch (outcome) {
            case Outcome.Files(_, var name, var spa) ->
                    new Output.Site(FileTree.join(home, name), spa);
            case Outcome.Bundle bundle ->
                    runsMore(bundle.start())
                            ? withPackage(images, bundle, home, packaging)
                            : service(images, bundle, home);
            case Outcome.Whole whole -> {
                Processes processes = processes(whole.start(), whole.looked(), framework);
                yield new Output.Service(
                        images.run(),
                        setup(processes, packaging),
                        List.of(new Artifact(APP, APP, true)),
                        home,
                        env(home),
                        processes);
            }
        };
    }

    private Output service(Catalog.Images images, Outcome.Bundle bundle, String home)
            throws Unplannable {
        SortedMap<String, String> env = env(home);
        env.remove("PATH");
        if (isTraced(bundle)) {
            env.put(LISTENS, EVERYWHERE);
        }
        Processes processes = processes(bundle.start(), List.of(), null);
        return new Output.Service(
                images.run(),
                setup(processes, null),
                kept(bundle, home, APP),
                home,
                env,
                processes);
    }

    /** Its processes need more than the server does: all of the package, and the server beside. */
    private Output withPackage(
            Catalog.Images images,
            Outcome.Bundle bundle,
            String home,
            @Nullable Packaging packaging)
            throws Unplannable {
        List<Artifact> artifacts = new ArrayList<>(List.of(new Artifact(APP, APP, true)));
        SortedMap<String, String> env = env(home);
        Command start = bundle.start();
        if (isTraced(bundle) && project.procfile().web() == null) {
            artifacts.addAll(kept(bundle, home, BESIDE));
            env.put(LISTENS, EVERYWHERE);
            String server = FileTree.join(FileTree.join(BESIDE, member), "server.js");
            start = new Command(List.of("node", server));
        }
        Processes processes = processes(start, List.of(), null);
        return new Output.Service(
                images.run(), setup(processes, packaging), artifacts, home, env, processes);
    }

    /** What Next.js traces lies as in the workspace, so that it goes to the top. */
    private List<Artifact> kept(Outcome.Bundle bundle, String home, String top) {
        List<Artifact> artifacts = new ArrayList<>();
        String there = FileTree.join(top, member);
        bundle.kept()
                .forEach(
                        (from, to) ->
                                artifacts.add(
                                        new Artifact(
                                                FileTree.join(home, from),
                                                to.equals(".") ? top : FileTree.join(there, to),
                                                true)));
        artifacts.sort((one, other) -> Integer.compare(one.to().length(), other.to().length()));
        return artifacts;
    }

    private static boolean isTraced(Outcome.Bundle bundle) {
        return bundle.kept().containsValue(".");
    }

    private Processes processes(
            @Nullable Command start, List<String> looked, @Nullable Framework framework)
            throws Unplannable {
        String example = framework == null ? "node server.js" : "npm start";
        return project.processes(
                PORT,
                start,
                project.noStart(String.join(", ", looked), example),
                line -> Scripts.ofLine(json, line));
    }

    private List<Step> setup(Processes processes, @Nullable Packaging packaging) {
        List<Step> steps = new ArrayList<>();
        if (needsOpenSsl()) {
            steps.add(new Step.Packages(List.of("openssl")));
        }
        List<Command> run = new ArrayList<>(project.hints().commands().all());
        run.addAll(processes.all());
        String manager = packaging == null ? null : packaging.setupFor(root, run);
        if (manager != null) {
            steps.add(new Step.Run(manager, Installer.NPM.cache()));
        }
        return steps;
    }

    private boolean needsOpenSsl() {
        return json.uses("prisma", "@prisma/client");
    }

    private SortedMap<String, String> env(String home) {
        String path = home.equals(APP) ? APP + BINARIES : home + BINARIES + ":" + APP + BINARIES;
        return new TreeMap<>(
                Map.of("NODE_ENV", "production", "HOST", "0.0.0.0", "PATH", path + ":$PATH"));
    }
}
