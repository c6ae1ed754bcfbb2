package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.List;

/** The browser's half of a server that is written in another language, built beside it. */
public final class FrontEnd {
    /** Removes the packages again. */
    public static final String REMOVE = "rm -rf node_modules";

    private static final String BUILD = "build";

    private FrontEnd() {}

    /**
     * Steps for a build that has all files already; none when there is nothing to build.
     *
     * @throws Unplannable if its manifest or lock file is not as it should be
     */
    public static List<Step> steps(Project project) throws Unplannable {
        if (!project.has(PackageJson.FILE) || !PackageJson.of(project).hasScript(BUILD)) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>(install(project));
        steps.add(new Step.Run(Packaging.of(project).installer().run(BUILD) + " && " + REMOVE));
        return steps;
    }

    /** The script that builds, followed by {@code &&}; nothing when there is none. */
    public static String build(Project project) throws Unplannable {
        return PackageJson.of(project).hasScript(BUILD)
                ? Packaging.of(project).installer().run(BUILD) + " && "
                : "";
    }

    /**
     * Steps that only bring Node.js and the packages, for a build of the server that runs what they
     * are for by itself; none without a manifest.
     *
     * @throws Unplannable if its manifest or lock file is not as it should be
     */
    public static List<Step> install(Project project) throws Unplannable {
        if (!project.has(PackageJson.FILE)) {
            return List.of();
        }
        PackageJson json = PackageJson.of(project);
        Packaging packaging = Packaging.of(project);
        Catalog.Images images = NodeVersion.images(project, json, json);
        Installer installer = packaging.installer();
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.CopyFromImage(images.run(), "/usr/local", "/usr/local"));
        String setup = packaging.lockFile() == null ? null : installer.setup(packaging.version());
        if (setup != null) {
            steps.add(new Step.Run(setup, Installer.NPM.cache()));
        }
        if (packaging.lockFile() != null) {
            steps.add(new Step.Run(installer.install(), installer.cache()));
        }
        return steps;
    }
}
