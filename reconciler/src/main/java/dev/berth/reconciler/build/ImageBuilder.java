package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.ImageSource.Built;
import dev.berth.reconciler.desired.ImageSource.Kept;
import dev.berth.reconciler.desired.ImageSource.Prebuilt;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the engine has an image: pulls it or builds it from the pinned tree, once for
 * each reference, whoever asks. Who asks while that is under way waits for it; when the last who
 * waits is interrupted, it is cancelled. Few are pulled or built at a time, first come, first
 * served. Thread-safe.
 */
public final class ImageBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageBuilder.class);
    private static final Duration PULL_DEADLINE = Duration.ofMinutes(10);
    private static final Duration BUILD_DEADLINE = Duration.ofMinutes(30);
    private static final int AT_A_TIME = 8;

    private final ContainerEngine engine;
    private final PinnedTrees trees;
    private final Clockwork clockwork;
    private final ImageShelf shelf;
    private final Semaphore places = new Semaphore(AT_A_TIME, true);
    private final Object lock = new Object();
    private final Map<String, Work> underway = new HashMap<>();

    /** One of which nothing is ever taken away again. */
    public ImageBuilder(ContainerEngine engine, PinnedTrees trees, Clockwork clockwork) {
        this(engine, trees, clockwork, ImageShelf.untouched());
    }

    /**
     * @param shelf knows what is taken away at the same time
     */
    public ImageBuilder(
            ContainerEngine engine, PinnedTrees trees, Clockwork clockwork, ImageShelf shelf) {
        this.engine = engine;
        this.trees = trees;
        this.clockwork = clockwork;
        this.shelf = shelf;
    }

    /** What publishes sites, those that are built too, by this builder. */
    public SitePublisher publisher(SiteStore sites) {
        return new SitePublisher(engine, trees, this, sites);
    }

    /** Getting one image. The count is guarded by the lock. */
    private static final class Work {
        private final FutureTask<Boolean> task;
        private int waiting;

        Work(FutureTask<Boolean> task) {
            this.task = task;
        }
    }

    /**
     * Returns once the engine has the image.
     *
     * @throws ReconcileException.Stalled if it can't be pulled or a build step fails
     * @throws ReconcileException.Transient if the engine or the registry can't be reached
     * @throws ReconcileException.Waiting if the calling thread is interrupted; its flag stays set
     */
    public void provide(ImageSource source) throws ReconcileException {
        Work work = join(source);
        try {
            var _ = work.task.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ReconcileException.Waiting(
                    ReasonCode.Superseded, "stopped while waiting for " + source.reference());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ReconcileException failure) {
                throw failure;
            }
            throw new IllegalStateException(
                    "a bug ended the work on " + source.reference(), e.getCause());
        } catch (CancellationException e) {
            // only of work that nobody waits for
            throw new IllegalStateException("cancelled though somebody waits", e);
        } finally {
            leave(source.reference(), work);
        }
    }

    private Work join(ImageSource source) {
        synchronized (lock) {
            Work work = underway.get(source.reference());
            if (work == null || work.task.isDone()) {
                work = new Work(new FutureTask<>(() -> get(source)));
                underway.put(source.reference(), work);
                var _ = clockwork.start("image " + source.reference(), work.task);
            }
            work.waiting++;
            return work;
        }
    }

    private void leave(String reference, Work work) {
        synchronized (lock) {
            work.waiting--;
            if (work.waiting == 0) {
                work.task.cancel(true);
                underway.remove(reference, work);
            }
        }
    }

    private boolean get(ImageSource source) throws ReconcileException, InterruptedException {
        shelf.settle();
        if (!engine.hasImage(source.reference())) {
            places.acquire();
            try {
                make(source);
            } finally {
                places.release();
            }
        }
        return true;
    }

    private void make(ImageSource source) throws ReconcileException, InterruptedException {
        switch (source) {
            case Prebuilt(var reference) -> {
                engine.pullImage(reference, PULL_DEADLINE);
                shelf.pulled(reference);
            }
            case Built built -> {
                try (ImageShelf.Building _ = shelf.building()) {
                    build(built);
                }
            }
            case Kept(var reference) ->
                    throw new ReconcileException.Stalled(
                            ReasonCode.PullFailed,
                            ("the engine no longer has %s, which was built for a release of before:"
                                            + " take spec.pin away, or go back with git revert")
                                    .formatted(reference));
        }
    }

    private void build(Built built) throws ReconcileException {
        ConfigTree tree = trees.open(built.pin());
        Sent sent =
                switch (built.recipe()) {
                    case Recipe.Own(var dockerfile) -> own(tree, built.pin().path(), dockerfile);
                    case Recipe.Written written -> written(tree, written);
                };
        String repo = built.pin().repo();
        Map<String, String> labels = new HashMap<>(shelf.labels());
        labels.put("org.opencontainers.image.revision", built.pin().revision().commit());
        labels.put(
                "org.opencontainers.image.source",
                repo == null ? "config" : RepoUrl.withoutLogin(repo));
        engine.buildImage(
                new ImageBuild(
                        built.reference(),
                        sent.context(),
                        sent.dockerfile(),
                        built.args(),
                        labels,
                        BUILD_DEADLINE),
                line -> LOG.debug("build {}: {}", built.reference(), line));
    }

    /** What goes to the engine. */
    private record Sent(ImageBuild.Context context, ImageBuild.Dockerfile dockerfile) {}

    private static Sent own(ConfigTree tree, String path, String dockerfile)
            throws ReconcileException {
        BuildContext context = BuildContext.of(tree, path, dockerfile);
        return new Sent(
                out -> tree.writeTar(path, context::keeps, out),
                new ImageBuild.Dockerfile(dockerfile, context.dockerfileText(tree)));
    }

    private static Sent written(ConfigTree tree, Recipe.Written recipe) throws ReconcileException {
        BuildContext context = BuildContext.of(tree, recipe.context(), null);
        AddedFiles added = AddedFiles.with(context.freeName(), recipe.dockerfile());
        return new Sent(
                out -> {
                    added.writeTo(out);
                    tree.writeTar(
                            recipe.context(), path -> context.keeps(path) && !added.has(path), out);
                },
                new ImageBuild.Dockerfile(context.freeName(), recipe.dockerfile()));
    }
}
