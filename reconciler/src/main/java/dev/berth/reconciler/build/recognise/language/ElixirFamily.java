package dev.berth.reconciler.build.recognise.language;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.blueprint.BuildStage;
import dev.berth.reconciler.build.blueprint.Output;
import dev.berth.reconciler.build.blueprint.Output.Artifact;
import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.blueprint.Step.Cache;
import dev.berth.reconciler.build.blueprint.Step.Copy;
import dev.berth.reconciler.build.blueprint.Step.Run;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.recognise.node.FrontEnd;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whatever has a {@code mix.exs}, made into a release. */
public final class ElixirFamily implements Family {
    private static final String ELIXIR = "elixir";
    private static final String MIX = "mix.exs";
    private static final String LOCK = "mix.lock";
    private static final String APP = "/app";
    private static final int PORT = 4000;
    private static final Pattern NAME = Pattern.compile("\\bapp:\\s*:(\\w+)");
    private static final Pattern LOCAL = Pattern.compile("\\b(?:apps_)?path:\\s*\"");
    private static final Pattern DEPENDENCY = Pattern.compile("\\{:\\w+,\\s*[\"\\w]");

    @Override
    public String name() {
        return ELIXIR;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        if (!project.has(MIX)) {
            return Optional.empty();
        }
        boolean phoenix = isPhoenix(project);
        return Optional.of(
                new Sighting(
                        phoenix ? "Phoenix" : "Elixir",
                        Confidence.HIGH,
                        phoenix ? "phoenix in " + MIX : MIX,
                        false,
                        () -> plan(project)));
    }

    private static Blueprint plan(Project project) throws Unplannable {
        String mix = project.manifest(MIX);
        if (DEPENDENCY.matcher(mix).find() && !project.has(LOCK)) {
            throw new Unplannable(
                    new PlanFailure.LockFileMissing(
                            project.inRepo(MIX), "Mix", LOCK, "mix deps.get"));
        }
        Matcher name = NAME.matcher(mix);
        if (!name.find()) {
            throw new Unplannable(
                    new PlanFailure.BrokenManifest(project.inRepo(MIX), "it has no 'app: :name'"));
        }
        String app = name.group(1);
        Catalog.Images images =
                Versions.images(
                        project,
                        ELIXIR,
                        Versions.first(
                                Versions.matching(
                                        project,
                                        ".tool-versions",
                                        "(?m)^elixir\\s+(\\d+\\.\\d+(?:\\.\\d+)?)",
                                        Dialect.NPM),
                                Versions.matching(
                                        project,
                                        MIX,
                                        "\\belixir:\\s*\"([^\"]+)\"",
                                        Dialect.PESSIMISTIC)));
        return new Blueprint(
                isPhoenix(project) ? "Phoenix" : "Elixir",
                project.path(),
                "Mix",
                new BuildStage(
                        images.build(), APP, install(project, mix), compile(project, mix, app)),
                new Output.Service(
                        images.run(),
                        List.of(),
                        List.of(new Artifact("/out", APP, true)),
                        APP,
                        new TreeMap<>(
                                Map.of("LANG", "C.UTF-8", "MIX_ENV", "prod", "PHX_SERVER", "true")),
                        project.processes(
                                PORT,
                                Lines.words("%s/bin/%s".formatted(APP, app), "start"),
                                project.noStart(MIX, "bin/app start"))));
    }

    private static List<Step> install(Project project, String mix) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.Env("MIX_ENV", "prod"));
        steps.add(new Run("mix local.hex --force && mix local.rebar --force"));
        List<String> manifests = new ArrayList<>(List.of(MIX));
        if (project.has(LOCK)) {
            manifests.add(LOCK);
        }
        boolean local = LOCAL.matcher(mix).find();
        steps.add(new Copy(local ? List.of(".") : manifests, "./"));
        steps.add(
                new Run("mix deps.get --only prod", new Cache("hex", "/root/.hex/packages", true)));
        if (!local && project.hasDirectory("config")) {
            // dependencies are compiled with the settings that the project has for them
            steps.add(new Copy(List.of("config"), "./config/"));
        }
        steps.add(new Run("mix deps.compile"));
        return steps;
    }

    private static List<Step> compile(Project project, String mix, String app) throws Unplannable {
        List<Step> steps = new ArrayList<>();
        steps.add(new Copy(List.of("."), "./"));
        steps.addAll(FrontEnd.steps(project));
        if (mix.contains("assets.deploy")) {
            // hooks that stand beside components are taken out of them by the compiler
            steps.add(new Run("mix compile && mix assets.deploy"));
        }
        steps.add(new Run("mix release && cp -r _build/prod/rel/%s /out".formatted(app)));
        return steps;
    }

    private static boolean isPhoenix(Project project) {
        return project.textOrEmpty(MIX).contains("{:phoenix,");
    }
}
