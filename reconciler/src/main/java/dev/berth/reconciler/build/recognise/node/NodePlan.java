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
        Outcome outcome = new Outcomes(project, json, script, bun).of(framework);
        boolean runsOnBun = bun && framework.isPlain() && startsBun(outcome);
        Catalog.Images images =
                runsOnBun
                        ? project.catalog().preferred(Installer.BUN.command())
                        : NodeVersion.images(project, json, top);
        NodeBuild build = new NodeBuild(root, member, workspace, packaging, json, runsOnBun);
        boolean prunes = outcome instanceof Outcome.Whole whole && isPrunable(whole.start());
        return new Blueprint(
                runsOnBun ? "Bun" : title(framework, outcome),
                root.path(),
                packaging.lockFile() == null ? null : packaging.title(),
                new BuildStage(
                        images.build(),
                        APP,
                        build.install(needsOpenSsl()),
                        build.compile(framework, script, prunes)),
                output(outcome, images, framework));
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

    private boolean isPrunable(@Nullable Command start) {
        return workspace == null
                && !json.devDependencies().isEmpty()
                && project.procfile().lines().isEmpty()
                && start != null
                && !Scripts.needsDevelopment(json, start);
    }

    private Output output(Outcome outcome, Catalog.Images images, Framework framework)
            throws Unplannable {
        String home = FileTree.join(APP, member);
        return switch (outcome) {
            case Outcome.Files(_, var name, var spa) ->
                    new Output.Site(FileTree.join(home, name), spa);
            case Outcome.Bundle bundle -> service(images, bundle, home);
            case Outcome.Whole whole ->
                    new Output.Service(
                            images.run(),
                            setup(),
                            List.of(new Artifact(APP, APP, true)),
                            home,
                            env(home),
                            processes(whole.start(), whole.looked(), framework));
        };
    }

    private Output service(Catalog.Images images, Outcome.Bundle bundle, String home)
            throws Unplannable {
        List<Artifact> artifacts = new ArrayList<>();
        boolean traced = bundle.kept().containsValue(".");
        bundle.kept()
                .forEach(
                        (from, to) ->
                                artifacts.add(
                                        new Artifact(
                                                FileTree.join(home, from),
                                                // what Next.js traces it puts as the workspace has
                                                // it
                                                to.equals(".") ? APP : FileTree.join(home, to),
                                                true)));
        artifacts.sort((one, other) -> Integer.compare(one.to().length(), other.to().length()));
        SortedMap<String, String> env = env(home);
        env.remove("PATH");
        if (traced) {
            env.put("HOSTNAME", "0.0.0.0");
        }
        return new Output.Service(
                images.run(),
                setup(),
                artifacts,
                home,
                env,
                processes(bundle.start(), List.of(), null));
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

    private List<Step> setup() {
        return needsOpenSsl() ? List.of(new Step.Packages(List.of("openssl"))) : List.of();
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
