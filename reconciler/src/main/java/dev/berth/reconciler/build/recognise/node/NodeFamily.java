package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Blueprint;
import dev.berth.reconciler.build.recognise.Confidence;
import dev.berth.reconciler.build.recognise.Family;
import dev.berth.reconciler.build.recognise.PlanFailure;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Sighting;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whatever has a {@code package.json}. */
public final class NodeFamily implements Family {
    @Override
    public String name() {
        return "node";
    }

    @Override
    public Optional<Sighting> look(Project project) {
        if (!project.has(PackageJson.FILE)) {
            return Optional.empty();
        }
        PackageJson json;
        try {
            json = PackageJson.of(project);
        } catch (Unplannable broken) {
            return Optional.of(
                    new Sighting(
                            Framework.NODE.title(),
                            Confidence.MEDIUM,
                            PackageJson.FILE,
                            true,
                            () -> {
                                throw broken;
                            }));
        }
        Workspace own = Workspace.at(project);
        Framework framework = Framework.of(json);
        if (own != null && framework == Framework.NODE && !json.hasScript("start")) {
            return Optional.of(rootOf(own));
        }
        return isBesideFiles(project, json, framework)
                ? Optional.empty()
                : Optional.of(sighting(project, json, framework));
    }

    /**
     * A manifest only for tools of the author, in a directory of files that are served as they are.
     */
    private static boolean isBesideFiles(Project project, PackageJson json, Framework framework) {
        return framework == Framework.NODE
                && json.firstScript(List.of("start", "build", "serve", "start:prod")) == null
                && json.main() == null
                && project.has("index.html")
                && !project.hasAny("server.js", "server.mjs")
                && project.procfile().web() == null;
    }

    private static Sighting sighting(Project project, PackageJson json, Framework framework) {
        boolean front =
                framework.isBundler() || (framework == Framework.NODE && !json.hasScript("start"));
        return new Sighting(
                framework.title(),
                framework == Framework.NODE ? Confidence.MEDIUM : Confidence.HIGH,
                framework == Framework.NODE
                        ? PackageJson.FILE
                        : framework.marker(json) + " in " + PackageJson.FILE,
                front,
                () -> plan(project, json, framework));
    }

    private static Blueprint plan(Project project, PackageJson json, Framework framework)
            throws Unplannable {
        return new NodePlan(project, json, workspace(project, json)).blueprint(framework);
    }

    /** The workspace that a package is in; its own lock file takes it out of any. */
    private static @Nullable Workspace workspace(Project project, PackageJson json)
            throws Unplannable {
        Workspace own = Workspace.at(project);
        if (own != null) {
            return own;
        }
        Workspace above = Workspace.above(project);
        boolean alone = Packaging.allLockFiles().stream().anyMatch(project::has);
        if (above == null || alone) {
            return null;
        }
        if (above.has(project.path())) {
            return above;
        }
        if (!json.hasDependencies()) {
            return null;
        }
        throw new Unplannable(
                new PlanFailure.MemberNotFound(project.path(), above.file(), above.patterns()));
    }

    /** Nothing is started at the root itself; one of its members may be. */
    private static Sighting rootOf(Workspace workspace) {
        return new Sighting(
                "workspace",
                Confidence.MEDIUM,
                "members in " + workspace.file(),
                false,
                () -> onlyMember(workspace));
    }

    private static Blueprint onlyMember(Workspace workspace) throws Unplannable {
        List<String> programs = new ArrayList<>();
        for (String directory : workspace.members()) {
            try {
                PackageJson json = PackageJson.of(workspace.member(directory));
                if (Framework.of(json) != Framework.NODE || json.hasScript("start")) {
                    programs.add(directory);
                }
            } catch (Unplannable _) {
                // was not read, or can't be: not the one that is meant
            }
        }
        Project root = workspace.root();
        Project only =
                root.onlyIn(
                        programs,
                        "programs in this workspace",
                        root.noStart("a member with a script 'start'", "npm start"));
        PackageJson json = PackageJson.of(only);
        return plan(only, json, Framework.of(json));
    }
}
