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
import dev.berth.reconciler.build.files.FileTree;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import dev.berth.reconciler.build.recognise.Versions;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Projects of .NET, here or below a solution. */
public final class DotnetFamily implements Family {
    private static final String DOTNET = "dotnet";
    private static final String APP = "/app";
    private static final int PORT = 8080;
    private static final Pattern ASSEMBLY =
            Pattern.compile("<AssemblyName>\\s*([^<\\s]+)\\s*</AssemblyName>");
    private static final String FRAMEWORK = "<TargetFrameworks?>\\s*net(\\d+\\.\\d+)";

    @Override
    public String name() {
        return DOTNET;
    }

    @Override
    public Optional<Sighting> look(Project project) {
        List<String> here = project.files().stream().filter(DotnetFamily::isProject).toList();
        boolean solution =
                project.files().stream().anyMatch(f -> f.endsWith(".sln") || f.endsWith(".slnx"));
        if (here.isEmpty() && !solution) {
            return Optional.empty();
        }
        String seen = here.isEmpty() ? "a solution" : here.getFirst();
        boolean web = all(project).stream().anyMatch(f -> isWeb(project.textOrEmpty(f)));
        return Optional.of(
                new Sighting(
                        web ? "ASP.NET Core" : ".NET",
                        web ? Confidence.HIGH : Confidence.MEDIUM,
                        seen,
                        false,
                        () -> plan(project)));
    }

    private static Blueprint plan(Project project) throws Unplannable {
        String file = program(project);
        String text = project.manifest(file);
        Catalog.Images images =
                Versions.images(
                        project, DOTNET, Versions.matching(project, file, FRAMEWORK, Dialect.NPM));
        return new Blueprint(
                isWeb(text) ? "ASP.NET Core" : ".NET",
                project.path(),
                "NuGet",
                new BuildStage(images.build(), APP, install(project, file, text), compile(file)),
                new Output.Service(
                        images.run(),
                        List.of(),
                        List.of(new Artifact("/out", APP, true)),
                        APP,
                        new TreeMap<>(Map.of("DOTNET_EnableDiagnostics", "0")),
                        project.processes(
                                PORT,
                                start(file, text),
                                project.noStart(
                                        "a project that makes a program", "dotnet App.dll"))));
    }

    private static List<Step> install(Project project, String file, String text) {
        boolean alone =
                !text.contains("<ProjectReference")
                        && !project.hasAny("Directory.Build.props", "Directory.Packages.props");
        if (!alone) {
            return List.of();
        }
        String directory = FileTree.parent(file);
        List<Step> steps = new ArrayList<>();
        List<String> settings =
                project.files().stream()
                        .filter(f -> f.equals("global.json") || f.equalsIgnoreCase("nuget.config"))
                        .toList();
        if (!settings.isEmpty()) {
            steps.add(new Copy(settings, "./"));
        }
        steps.add(new Copy(List.of(file), directory.equals(".") ? "./" : "./" + directory + "/"));
        steps.add(new Run("dotnet restore '%s'".formatted(file), packages()));
        return steps;
    }

    private static List<Step> compile(String file) {
        return List.of(
                new Copy(List.of("."), "./"),
                new Run(
                        "dotnet publish '%s' --configuration Release --output /out".formatted(file),
                        packages()));
    }

    private static Cache packages() {
        return new Cache("nuget", "/root/.nuget/packages", true);
    }

    private static @Nullable Command start(String file, String text) {
        Matcher named = ASSEMBLY.matcher(text);
        String name =
                named.find()
                        ? named.group(1)
                        : FileTree.name(file).replaceFirst("\\.[cf]sproj$", "");
        if (isWeb(text)) {
            return Command.shell(
                    "ASPNETCORE_HTTP_PORTS=$PORT exec dotnet '%s.dll'".formatted(name));
        }
        return makesProgram(text) ? Lines.words(DOTNET, name + ".dll") : null;
    }

    /** The one project to start: a server before anything else, never a test. */
    private static String program(Project project) throws Unplannable {
        List<String> all = all(project);
        List<String> programs = all.stream().filter(f -> isWeb(project.textOrEmpty(f))).toList();
        if (programs.isEmpty()) {
            programs = all.stream().filter(f -> makesProgram(project.textOrEmpty(f))).toList();
        }
        if (programs.isEmpty() && all.size() == 1) {
            programs = all;
        }
        return project.only(
                programs,
                "programs",
                project.noStart("a project that makes a program", "dotnet App.dll"),
                Project.SET_PATH);
    }

    private static List<String> all(Project project) {
        List<String> here = project.files().stream().filter(DotnetFamily::isProject).toList();
        return here.isEmpty() ? project.below(DotnetFamily::isProject) : here;
    }

    private static boolean isProject(String name) {
        return name.endsWith(".csproj") || name.endsWith(".fsproj");
    }

    private static boolean isWeb(String text) {
        return text.contains("Microsoft.NET.Sdk.Web");
    }

    private static boolean makesProgram(String text) {
        return text.contains("<OutputType>Exe") || text.contains("Microsoft.NET.Sdk.Worker");
    }
}
