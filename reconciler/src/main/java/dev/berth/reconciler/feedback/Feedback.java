package dev.berth.reconciler.feedback;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.feedback.Sayings.Pull;
import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeOutbox;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.preview.RepoPulls;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.PreviewStatus;
import dev.berth.schemas.status.PreviewStatus.State;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says at pull requests and commits how it stands with them, after each pass, on a thread of its
 * own. What it says follows from how things are: it may be said again, and nothing is lost when it
 * was not. Thread-safe.
 */
public final class Feedback implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feedback.class);
    private static final int NEWEST_BUILDS = 100;
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final ForgeOutbox outbox;
    private final Function<ForgeRepo, @Nullable Forge> forges;
    private final Builds builds;
    private final @Nullable ForgeRepo config;
    private final Supplier<RepoPulls> proposals;
    private final @Nullable PlanFeedback plans;
    private final Supplier<Links> links;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final AtomicReference<@Nullable PassReport> newest = new AtomicReference<>();
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /** Pull requests with a comment; of the thread alone. */
    private final Set<Pull> commented = new HashSet<>();

    /**
     * One that says nothing yet.
     *
     * @param forges who answers for a repo; nothing is said where nobody does
     * @param config where the config repo is
     * @param links where Berth's own pages are; asked each time
     */
    public Feedback(
            ForgeOutbox outbox,
            Function<ForgeRepo, @Nullable Forge> forges,
            Builds builds,
            Config config,
            Supplier<Links> links,
            Clockwork clock) {
        this.outbox = outbox;
        this.forges = forges;
        this.builds = builds;
        this.config = config.repo();
        this.proposals = config.proposals();
        this.plans =
                config.repo() == null ? null : new PlanFeedback(config.repo(), config.foresight());
        this.links = links;
        this.clock = clock;
        this.bell = clock.bell();
    }

    /**
     * The config repo, and what is proposed for it.
     *
     * @param repo {@code null} when no forge can have it
     * @param proposals its pull requests
     * @param foresight what they would change
     */
    public record Config(
            @Nullable ForgeRepo repo,
            Supplier<RepoPulls> proposals,
            Function<Proposal, Forecast> foresight) {}

    /** How things stand now. Any thread; does not block. */
    public void offer(PassReport pass) {
        newest.set(pass);
        bell.ring();
    }

    /** Begins. Once only. */
    public void start() {
        outbox.start();
        thread = clock.start("berth-feedback", this::run);
    }

    private void run() {
        try {
            while (!closed) {
                PassReport pass = newest.getAndSet(null);
                if (pass != null) {
                    sayAll(pass);
                }
                var _ = bell.await(LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayAll(PassReport pass) {
        try {
            say(pass);
        } catch (RuntimeException e) { // the next pass is told of again
            LOG.error("a bug kept what a pass has done from being told", e);
        }
    }

    void say(PassReport pass) {
        String instance =
                pass.resources().stream()
                        .map(ResourceStatus::id)
                        .filter(id -> id.kind() == Kind.Instance)
                        .map(ResourceId::name)
                        .findFirst()
                        .orElse(null);
        if (instance == null || pass.revision().isEmpty()) {
            return; // nothing is known
        }
        Links pages = links.get();
        Sayings sayings = new Sayings(instance, config, pages);
        BiConsumer<String, Post> want =
                (key, post) -> {
                    if (forges.apply(post.repo()) != null) {
                        outbox.want(key, post);
                    }
                };
        List<Build> lately = lately();
        Map<ResourceId, ResourceStatus> apps =
                pass.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        sayings.ofConfig(pass).forEach(want);
        sayings.ofBuilds(lately, apps).forEach(want);
        sayings.ofPreviews(pass).forEach(want);
        Map<Pull, List<PreviewStatus>> pulls = Sayings.pulls(pass);
        pulls.forEach(
                (pull, previews) -> {
                    boolean any = previews.stream().anyMatch(one -> one.state() != State.None);
                    if (any || commented.contains(pull)) {
                        commented.add(pull);
                        want.accept(
                                pull.key(),
                                sayings.comment(pull, previews, lately, clock.instant()));
                    }
                });
        for (Pull pull : Set.copyOf(commented)) {
            if (!pulls.containsKey(pull)) {
                commented.remove(pull);
                want.accept(pull.key(), sayings.gone(pull));
            }
        }
        if (plans != null && config != null && forges.apply(config) != null) {
            plans.say(instance, pass.revision(), proposals.get(), pages, want);
        }
    }

    /** The newest builds of all apps; none while the database does not answer. */
    private List<Build> lately() {
        try {
            return builds.builds(null, null, NEWEST_BUILDS).items();
        } catch (UnavailableException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
        outbox.close();
    }
}
