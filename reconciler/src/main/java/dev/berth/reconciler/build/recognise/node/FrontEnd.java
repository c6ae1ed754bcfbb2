package dev.berth.reconciler.build.recognise.node;

import dev.berth.reconciler.build.blueprint.Step;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.recognise.Project;
import dev.berth.reconciler.build.recognise.Unplannable;
import java.util.ArrayList;
import java.util.List;

/** The browser's half of a server that is written in another language, built beside it. */
public final class FrontEnd {
    private static final String BUILD = "build";

    private FrontEnd() {}

    /**
     * Steps for a build that has all files already; none when there is nothing to build.
     *
     * @throws Unplannable if its manifest or lock file is not as it should be
     */
    public static List<Step> steps(Project project) throws Unplannable {
        if (!project.has(PackageJson.FILE)) {
            return List.of();
        }
        PackageJson json = PackageJson.of(project);
        if (!json.hasScript(BUILD)) {
            return List.of();
        }
        Packaging packaging = Packaging.of(project, json, json.hasDependencies());
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
        steps.add(new Step.Run(installer.run(BUILD) + " && rm -rf node_modules"));
        return steps;
    }
}
