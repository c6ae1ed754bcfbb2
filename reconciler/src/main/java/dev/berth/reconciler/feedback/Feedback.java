package dev.berth.reconciler.feedback;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.DesiredState;
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
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says at pull requests and commits how it stands with them, after each pass, on threads of its
 * own. What it says follows from how things are: it may be said again, and nothing is lost when it
 * was not. Thread-safe.
 */
public final class Feedback implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feedback.class);
    private static final int NEWEST_BUILDS = 100;
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);
    private static final Duration LAST_RETRY = Duration.ofMinutes(30);

    private final ForgeOutbox outbox;
    private final Function<ForgeRepo, @Nullable Forge> forges;
    private final Builds builds;
    private final @Nullable ForgeRepo config;
    private final Supplier<RepoPulls> proposals;
    private final @Nullable PlanFeedback plans;
    private final Supplier<DesiredState.@Nullable Known> followed;
    private final Supplier<Links> links;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final Clockwork.Bell planBell;
    private final AtomicReference<@Nullable PassReport> newest = new AtomicReference<>();
    private volatile @Nullable PassReport toPlanFor;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Thread planThread;
    private volatile boolean closed;

    /** Pull requests with a comment, as far as the outbox has not taken it yet; of the thread. */
    private final Set<Pull> commented = new HashSet<>();

    /** Those of whose comment it was said that it holds no more; of the thread alone. */
    private final Set<Pull> gone = new HashSet<>();

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
                config.repo() == null
                        ? null
                        : new PlanFeedback(
                                config.repo(),
                                new PlanFeedback.Planning(config.foresight(), config.lookAgain()),
                                new PlanFeedback.Said(outbox::said, outbox::pending),
                                new Backoff(FIRST_RETRY, LAST_RETRY, new Random()),
                                clock);
        this.followed = config.followed();
        this.links = links;
        this.clock = clock;
        this.bell = clock.bell();
        this.planBell = clock.bell();
    }

    /**
     * The config repo, and what is proposed for it.
     *
     * @param repo {@code null} when no forge can have it
     * @param proposals its pull requests
     * @param foresight what they would change
     * @param lookAgain has somebody look where they stand now
     * @param followed what is followed; {@code null} = nothing yet
     */
    public record Config(
            @Nullable ForgeRepo repo,
            Supplier<RepoPulls> proposals,
            Function<Proposal, Forecast> foresight,
            Runnable lookAgain,
            Supplier<DesiredState.@Nullable Known> followed) {}

    /** How things stand now. Any thread; does not block. */
    public void offer(PassReport pass) {
        newest.set(pass);
        toPlanFor = pass;
        bell.ring();
        planBell.ring();
    }

    /** Begins. Once only. */
    public void start() {
        outbox.start();
        thread = clock.start("berth-feedback", this::run);
        planThread = clock.start("berth-plans", this::runPlans);
    }

    /** Plans take their time, and come from strangers: all else is said beside them. */
    private void runPlans() {
        try {
            while (!closed) {
                PassReport pass = toPlanFor;
                if (pass != null) {
                    sayPlans(pass);
                }
                var _ = planBell.await(LOOK_EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayPlans(PassReport pass) {
        String instance = instance(pass);
        if (instance == null || plans == null || config == null || forges.apply(config) == null) {
            return;
        }
        try {
            plans.say(instance, pass.revision(), proposals.get(), links.get(), this::want);
        } catch (RuntimeException e) { // the next round comes
            LOG.error("a bug kept plans from being told", e);
        }
    }

    private void want(String key, Post post) {
        if (forges.apply(post.repo()) != null) {
            outbox.want(key, post);
        }
    }

    /** Name of the Instance; {@code null} while nothing is known. */
    private static @Nullable String instance(PassReport pass) {
        return pass.revision().isEmpty()
                ? null
                : pass.resources().stream()
                        .map(ResourceStatus::id)
                        .filter(id -> id.kind() == Kind.Instance)
                        .map(ResourceId::name)
                        .findFirst()
                        .orElse(null);
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
        String instance = instance(pass);
        if (instance == null) {
            return;
        }
        Links pages = links.get();
        Sayings sayings = new Sayings(instance, config, pages);
        List<Build> lately = lately();
        Map<ResourceId, ResourceStatus> apps =
                pass.resources().stream()
                        .collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        DesiredState.Known known = followed.get();
        sayings.ofConfig(pass).forEach(this::want);
        sayings.ofRefused(known == null ? null : known.stale()).forEach(this::want);
        sayings.ofBuilds(lately, apps).forEach(this::want);
        SequencedMap<String, Post> ofPreviews = sayings.ofPreviews(pass, outbox.said()::contains);
        ofPreviews.forEach(this::want);
        if (known != null) {
            endAbandoned(sayings, ofPreviews.keySet(), pass, known);
        }
        Map<Pull, List<PreviewStatus>> pulls = Sayings.pulls(pass);
        pulls.forEach(
                (pull, previews) -> {
                    boolean any = previews.stream().anyMatch(one -> one.state() != State.None);
                    if (any || commented.contains(pull) || isSaid(pull)) {
                        commented.add(pull);
                        gone.remove(pull);
                        want(pull.key(), sayings.comment(pull, previews, lately, clock.instant()));
                    }
                });
        sayGone(pass, pulls.keySet(), sayings);
    }

    private void endAbandoned(
            Sayings sayings, Set<String> said, PassReport pass, DesiredState.Known known) {
        outbox.pending()
                .forEach(
                        (key, before) -> {
                            Post end =
                                    said.contains(key)
                                            ? null
                                            : sayings.abandoned(key, before, pass, known);
                            if (end != null) {
                                want(key, end);
                            }
                        });
    }

    private boolean isSaid(Pull pull) {
        return outbox.said().contains(pull.key());
    }

    /** An earlier process may have said that they serve. */
    private void sayGone(PassReport pass, Set<Pull> there, Sayings sayings) {
        Set<Pull> all = new HashSet<>(commented);
        outbox.said().stream().map(Pull::ofKey).filter(Objects::nonNull).forEach(all::add);
        all.removeAll(there);
        all.removeAll(gone);
        DesiredState.Known known = followed.get();
        for (Pull pull : all) {
            if (known != null && Sayings.isGone(pull, pass, known)) {
                commented.remove(pull);
                gone.add(pull);
                want(pull.key(), sayings.gone(pull));
            }
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
        Thread planning = planThread;
        if (planning != null) {
            planning.interrupt();
        }
        outbox.close();
    }
}
