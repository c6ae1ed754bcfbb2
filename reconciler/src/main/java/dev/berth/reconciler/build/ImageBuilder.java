package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.ImageSource.Built;
import dev.berth.reconciler.desired.ImageSource.Prebuilt;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.RepoUrl;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the engine has an image: pulls it or builds it from the pinned tree, once for
 * each reference, whoever asks. Thread-safe.
 */
public final class ImageBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageBuilder.class);
    private static final Duration PULL_DEADLINE = Duration.ofMinutes(10);
    private static final Duration BUILD_DEADLINE = Duration.ofMinutes(30);

    private final ContainerEngine engine;
    private final PinnedTrees trees;
    private final Map<String, Object> locks = new ConcurrentHashMap<>();

    public ImageBuilder(ContainerEngine engine, PinnedTrees trees) {
        this.engine = engine;
        this.trees = trees;
    }

    /**
     * Returns once the engine has the image.
     *
     * @throws ReconcileException.Stalled if it can't be pulled or a build step fails
     * @throws ReconcileException.Transient if the engine or the registry can't be reached
     */
    public void provide(ImageSource source) throws ReconcileException {
        synchronized (locks.computeIfAbsent(source.reference(), _ -> new Object())) {
            if (engine.hasImage(source.reference())) {
                return;
            }
            switch (source) {
                case Prebuilt(var reference) -> engine.pullImage(reference, PULL_DEADLINE);
                case Built built -> build(built);
            }
        }
    }

    private void build(Built built) throws ReconcileException {
        ConfigTree tree = trees.open(built.pin());
        String repo = built.pin().repo();
        engine.buildImage(
                new ImageBuild(
                        built.reference(),
                        out -> tree.writeTar(built.pin().path(), out),
                        built.dockerfile(),
                        built.args(),
                        Map.of(
                                "org.opencontainers.image.revision",
                                built.pin().revision().commit(),
                                "org.opencontainers.image.source",
                                repo == null ? "config" : RepoUrl.withoutLogin(repo)),
                        BUILD_DEADLINE),
                line -> LOG.debug("build {}: {}", built.reference(), line));
    }
}
