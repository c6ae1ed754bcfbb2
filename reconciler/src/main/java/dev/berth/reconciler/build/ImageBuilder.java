package dev.berth.reconciler.build;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.queue.BuildQueue;
import dev.berth.reconciler.build.queue.Order;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.ImageSource.Built;
import dev.berth.reconciler.desired.ImageSource.Kept;
import dev.berth.reconciler.desired.ImageSource.Prebuilt;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.BuildContext;
import dev.berth.reconciler.source.ConfigTree;
import dev.berth.reconciler.source.PinnedTrees;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that the engine has an image: pulls it, or builds it from the pinned tree and pushes
 * it where the Instance says so, once for each reference, whoever asks. Who asks while that is
 * under way waits for it; when the last who waits is interrupted, and nobody asks again within a
 * second, it is cancelled. Few are pulled at a time, first come, first served; builds have a queue.
 * Thread-safe.
 */
public final class ImageBuilder {
    private static final Duration PULL_DEADLINE = Duration.ofMinutes(10);

    /** Whole layers that are there when that is over count for the next try. */
    private static final Duration PUSH_DEADLINE = Duration.ofHours(1);

    private static final int PULLS_AT_A_TIME = 8;
    private static final int PUSHES_AT_A_TIME = 4;
    private static final Duration LEFT_ALONE = Duration.ofSeconds(1);

    private final ContainerEngine engine;
    private final PinnedTrees trees;
    private final Vault vault;
    private final Registries registries;
    private final BuildQueue builds;
    private final Clockwork clockwork;
    private final ImageShelf shelf;
    private final Semaphore pulls = new Semaphore(PULLS_AT_A_TIME, true);
    private final Semaphore pushes = new Semaphore(PUSHES_AT_A_TIME, true);
    private final Object lock = new Object();
    private final Map<String, Work> underway = new HashMap<>();

    /** One whose builds are given no secrets, and of which nothing is ever taken away again. */
    public ImageBuilder(
            ContainerEngine engine, PinnedTrees trees, BuildQueue builds, Clockwork clockwork) {
        this(
                engine,
                trees,
                Vault.ofThisProcess(clockwork),
                builds,
                ImageShelf.untouched(),
                clockwork);
    }

    /** One that pushes nothing. */
    public ImageBuilder(
            ContainerEngine engine,
            PinnedTrees trees,
            Vault vault,
            BuildQueue builds,
            ImageShelf shelf,
            Clockwork clockwork) {
        this(engine, trees, vault, new Registries(vault), builds, shelf, clockwork);
    }

    /**
     * One that has nothing to do yet.
     *
     * @param vault has the secrets that builds are given
     * @param registries where what is built is pushed to
     * @param builds in which order
     * @param shelf knows what is taken away at the same time
     */
    public ImageBuilder(
            ContainerEngine engine,
            PinnedTrees trees,
            Vault vault,
            Registries registries,
            BuildQueue builds,
            ImageShelf shelf,
            Clockwork clockwork) {
        this.engine = engine;
        this.trees = trees;
        this.vault = vault;
        this.registries = registries;
        this.builds = builds;
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
     * @throws ReconcileException.Stalled if it can't be pulled, a build step fails, or the registry
     *     for what is built does not take it
     * @throws ReconcileException.Transient if the engine or the registry can't be reached
     * @throws ReconcileException.Waiting if the calling thread is interrupted; its flag stays set;
     *     or if a secret of a build has changed since it was planned
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

    /** What was made of an image is so far. */
    public void reached(ImageSource source, Phase phase) {
        switch (source) {
            case Built built ->
                    builds.book().reached(ResourceId.app(built.app()), built.reference(), phase);
            case Prebuilt _, Kept _ -> {} // nothing of it was built
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
            if (work.waiting == 0 && work.task.isDone()) {
                underway.remove(reference, work);
            } else if (work.waiting == 0) {
                var _ = clockwork.start("left " + reference, () -> end(reference, work));
            }
        }
    }

    /** Who was stopped for another change of the same app asks again at once. */
    private void end(String reference, Work work) {
        try {
            clockwork.sleep(LEFT_ALONE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // control ends
        }
        synchronized (lock) {
            if (work.waiting == 0) {
                work.task.cancel(true);
                underway.remove(reference, work);
            }
        }
    }

    private boolean get(ImageSource source) throws ReconcileException, InterruptedException {
        shelf.settle();
        if (!engine.hasImage(source.reference())) {
            make(source);
        }
        return true;
    }

    private void make(ImageSource source) throws ReconcileException, InterruptedException {
        switch (source) {
            case Prebuilt(var reference) -> pull(reference);
            case Built built -> {
                if (broughtBack(built.reference(), false) != null) {
                    build(built);
                }
            }
            case Kept(var reference) -> {
                String whyNot = broughtBack(reference, true);
                if (whyNot != null) {
                    throw new ReconcileException.Stalled(
                            ReasonCode.PullFailed,
                            ("the engine no longer has %s, which was built for a release of before,"
                                            + " and %s: take spec.pin away, or go back with git"
                                            + " revert")
                                    .formatted(reference, whyNot));
                }
            }
        }
    }

    /**
     * Takes what was built before out of the registry that it was pushed to: by its digest, when
     * that is known, and then nothing else.
     *
     * @param wait whether nothing else can be done when the registry can't be reached
     * @return why it is not there; {@code null} when it is
     */
    private @Nullable String broughtBack(String reference, boolean wait)
            throws ReconcileException, InterruptedException {
        String name = registries.nameOf(reference);
        if (name == null) {
            return "it is in no registry";
        }
        if (engine.hasImage(name)) { // has that name since it was built, pushed or not
            if (wait) {
                engine.tagImage(name, reference);
                return null;
            }
            return "it is not pushed yet";
        }
        String known = digestOf(reference, name, wait);
        if (known == null && !wait) {
            return "as what it was pushed is not known"; // anybody may have put the tag there
        }
        try {
            pull(known == null ? name : known);
        } catch (ReconcileException.Stalled refused) {
            if (refused.reason() != ReasonCode.PullFailed) {
                throw refused;
            }
            return refused.getMessage();
        }
        if (known != null) {
            engine.tagImage(known, name); // the name by which it can be removed
            shelf.pulled(name);
        }
        engine.tagImage(name, reference);
        shelf.pulled(reference);
        return null;
    }

    private @Nullable String digestOf(String reference, String name, boolean wait)
            throws ReconcileException {
        try {
            return builds.book().pushed(reference, name.substring(0, name.lastIndexOf(':')));
        } catch (UnavailableException e) {
            if (wait) {
                throw new ReconcileException.Transient(
                        ReasonCode.PullFailed,
                        "can't pull %s: as what it was pushed is known when the database answers"
                                .formatted(reference),
                        e);
            }
            return null;
        }
    }

    /**
     * What is to be in a registry has its name there from the start, and the name that it is used
     * by only once it is there: a push that fails is so tried again, and nothing is built again.
     */
    private void build(Built built) throws ReconcileException, InterruptedException {
        String shared = registries.nameOf(built.reference());
        String name = shared == null ? built.reference() : shared;
        Order order = order(built);
        builds.run(
                order,
                course -> {
                    try (ImageShelf.Building _ = shelf.building()) {
                        if (!engine.hasImage(built.reference()) && !engine.hasImage(name)) {
                            build(built, name, order, course);
                        }
                    }
                },
                course -> {
                    if (shared != null && !engine.hasImage(built.reference())) {
                        push(shared, course);
                        engine.tagImage(shared, built.reference());
                    }
                });
    }

    private void push(String name, BuildQueue.Course course)
            throws ReconcileException, InterruptedException {
        shelf.pulled(name);
        pushes.acquire();
        try {
            course.reached(Phase.Pushing);
            course.line("--- pushes " + name + " ---");
            course.pushed(engine.pushImage(name, PUSH_DEADLINE, course::line));
        } finally {
            pushes.release();
        }
    }

    private void pull(String reference) throws ReconcileException, InterruptedException {
        pulls.acquire();
        try {
            engine.pullImage(reference, PULL_DEADLINE);
            shelf.pulled(reference);
        } finally {
            pulls.release();
        }
    }

    private static Order order(Built built) {
        String repo = built.pin().repo();
        return new Order(
                ResourceId.app(built.app()),
                built.reference(),
                repo == null ? null : RepoUrl.withoutLogin(repo),
                built.pin().revision().commit());
    }

    private void build(Built built, String name, Order order, BuildQueue.Course course)
            throws ReconcileException {
        course.reached(Phase.Fetching);
        ConfigTree tree = trees.open(built.pin());
        course.reached(Phase.Detecting);
        Sent sent =
                switch (built.recipe()) {
                    case Recipe.Own(var dockerfile) -> own(tree, built.pin().path(), dockerfile);
                    case Recipe.Written written -> written(tree, written);
                };
        course.reached(Phase.Building);
        String repo = order.repo();
        Map<String, String> labels = new HashMap<>(shelf.labels());
        labels.put("org.opencontainers.image.revision", order.commit());
        labels.put("org.opencontainers.image.source", repo == null ? "config" : repo);
        engine.buildImage(
                new ImageBuild(
                        name,
                        sent.context(),
                        sent.dockerfile(),
                        built.args(),
                        secrets(built),
                        labels,
                        built.limits()),
                course::line);
    }

    private SortedMap<String, Secret> secrets(Built built) throws ReconcileException {
        SortedMap<String, Secret> values = new TreeMap<>();
        for (Map.Entry<String, SecretUse> use : built.secrets().entrySet()) {
            values.put(use.getKey(), vault.value(use.getValue()));
        }
        return values;
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
        return new Sent(
                out ->
                        tree.writeTar(
                                recipe.context(),
                                path -> context.keeps(path) && !path.equals(BuildContext.IGNORED),
                                out),
                new ImageBuild.Dockerfile(context.freeName(), recipe.dockerfile(), true));
    }
}
