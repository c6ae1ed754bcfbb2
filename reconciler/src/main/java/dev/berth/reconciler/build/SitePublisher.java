package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.dockerfile.DockerfileWriter;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.desired.Workload;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.RunSpec;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.ResourceId;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * Brings the files of sites to where the edge reads them: those of a repo from the commit, those
 * that are built from the image that they were built into. Such an image is never run. A container
 * of it is made to read from and removed again; it carries the labels of a run before a release,
 * because it is one that never starts: so one that a crash leaves is taken by the next try, or
 * removed by the next plan. The image stays, as that of any release does: what is in it is on the
 * engine's disk anyhow as layers of the build, and a site that could not be written is not built
 * again.
 *
 * <p>Thread-safe for different apps.
 */
public final class SitePublisher {
    private static final Duration READ_DEADLINE = Duration.ofMinutes(10);
    private static final String NO_NETWORK = "none";

    /** An image with nothing but files has no command, and an engine makes no container then. */
    private static final List<String> NEVER_RUN = List.of("/never-run");

    private final ContainerEngine engine;
    private final PinnedTrees trees;
    private final ImageBuilder images;
    private final SiteStore sites;

    SitePublisher(ContainerEngine engine, PinnedTrees trees, ImageBuilder images, SiteStore sites) {
        this.engine = engine;
        this.trees = trees;
        this.images = images;
        this.sites = sites;
    }

    /** Where the files are. */
    public SiteStore store() {
        return sites;
    }

    /**
     * Returns once the files are there.
     *
     * @throws ReconcileException.Stalled if they can't be built
     * @throws ReconcileException.Transient if the disk is full or can't be written, or the engine
     *     can't be reached
     * @throws ReconcileException.Waiting if the calling thread is interrupted while it is built
     */
    public void publish(String instance, ResourceId app, Workload.Files site)
            throws ReconcileException {
        if (sites.has(app, site)) {
            return;
        }
        switch (site.from()) {
            case Workload.Origin.Directory(var pin) ->
                    sites.publish(app, site, out -> trees.open(pin).writeTar(pin.path(), out));
            case Workload.Origin.Selection(var pin, var recipe) ->
                    sites.publish(app, site, out -> write(pin, recipe, out));
            case Workload.Origin.Bundle(var image) -> publish(instance, app, site, image);
        }
    }

    private void write(SourcePin pin, Recipe.AsItIs recipe, OutputStream out)
            throws ReconcileException {
        ConfigTree tree = trees.open(pin);
        BuildContext context = BuildContext.of(tree, recipe.context(), null);
        String below = below(recipe.context(), recipe.directory());
        tree.writeTar(recipe.directory(), path -> !context.leavesOut(below + path), out);
    }

    /** What paths in a directory begin with, seen from one above it. */
    private static String below(String above, String directory) {
        if (directory.equals(above)) {
            return "";
        }
        return (above.equals(".") ? directory : directory.substring(above.length() + 1)) + "/";
    }

    private void publish(
            String instance, ResourceId app, Workload.Files site, ImageSource.Built image)
            throws ReconcileException {
        images.provide(image);
        ContainerId container = engine.createRun(toRead(instance, app, image));
        try {
            sites.publish(
                    app,
                    site,
                    out -> engine.readFiles(container, DockerfileWriter.SITE, READ_DEADLINE, out));
        } finally {
            removeNow(container);
        }
    }

    /** Also when nobody waits for the files any more. */
    private void removeNow(ContainerId container) throws ReconcileException {
        boolean interrupted = Thread.interrupted();
        try {
            engine.removeContainer(container);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RunSpec toRead(String instance, ResourceId app, ImageSource.Built image) {
        return new RunSpec(
                ObjectNames.files(instance, app, image.hash()),
                instance,
                app,
                RunView.Role.RELEASE,
                image.hash(),
                new ContainerTemplate.Draft(image.reference()).command(NEVER_RUN).make(),
                image.pin().revision().commit(),
                NO_NETWORK,
                new TreeMap<>());
    }
}
