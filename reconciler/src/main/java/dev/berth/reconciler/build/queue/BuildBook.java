package dev.berth.reconciler.build.queue;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.BuildCounts;
import dev.berth.reconciler.build.kept.BuildStore;
import dev.berth.reconciler.build.kept.Builds;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far each build is. What goes on is in memory, and is written to the store by a thread of its
 * own, each time as it is by then, so that a slow or missing database holds up no build. What an
 * earlier process was at is taken up when the same is asked for again; a pass tells what came of it
 * otherwise. Thread-safe.
 */
public final class BuildBook implements Builds, AutoCloseable {
    /** Who has not renewed the lease of a build for so long is not at it any more. */
    static final Duration VALIDITY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(BuildBook.class);
    private static final Duration TICK = Duration.ofSeconds(10);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration FORGET_EVERY = Duration.ofHours(12);
    private static final Duration KEEP = Duration.ofDays(90);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final BuildStore store;
    private final BuildLogs logs;
    private final String holder;
    private final UnaryOperator<String> cleaner;
    private final Clockwork clock;
    private final Clockwork.Bell news;

    // Guarded by this.
    private final Map<ResourceId, Build> newest = new HashMap<>();
    private final Set<Build.Attempt> atWork = new HashSet<>();
    private final Map<String, Build> unsaved = new LinkedHashMap<>();
    private BuildCounts counts = BuildCounts.NONE;
    private int serial;
    private boolean settled;
    private boolean closed;

    // Guarded by the lock that is beside them, which is held while the database is asked.
    private final Object reading = new Object();
    private final Map<ResourceId, Build> left = new HashMap<>();
    private boolean asked;
    private long askAgainAt;

    // Owned by the thread.
    private Instant forgottenAt = Instant.EPOCH;

    /**
     * A book that nobody writes down yet.
     *
     * @param holder this home: no other process works for it at the same time
     * @param cleaner takes out of words what nobody may read
     */
    public BuildBook(
            BuildStore store,
            BuildLogs logs,
            String holder,
            UnaryOperator<String> cleaner,
            Clockwork clock) {
        this.store = store;
        this.logs = logs;
        this.holder = holder;
        this.cleaner = cleaner;
        this.clock = clock;
        this.news = clock.bell();
        this.askAgainAt = clock.nanos();
        this.serial = (int) clock.nanos(); // ids of one second differ, also those of two processes
    }

    /** Begins to write it down. Once only. */
    public void start() {
        var _ = clock.start("berth-builds", this::run);
    }

    /** What a build writes. */
    BuildLogs logs() {
        return logs;
    }

    // ---- what is built ----

    /**
     * Something is asked for: a new build, or the next attempt of one that goes on. Another one of
     * the app that goes on is superseded.
     *
     * @throws InterruptedException if the thread is interrupted while another home is at it still
     */
    Build begin(Order order) throws InterruptedException {
        Build left = takeOver(order);
        synchronized (this) {
            Build before = newest.get(order.app());
            if (before == null || before.phase().last()) {
                before = left;
            }
            Build begun;
            if (before == null || before.phase().last()) {
                begun = fresh(order);
            } else if (before.image().equals(order.image())) {
                begun = before.with(step(before, Phase.Queued, null, null, 1));
            } else {
                put(superseded(before, "a newer commit"));
                begun = fresh(order);
            }
            atWork.add(begun.inAttempt());
            return put(begun);
        }
    }

    /** Nobody is at this attempt any more, whatever came of it. */
    synchronized void leaveOff(Build.Attempt attempt) {
        atWork.remove(attempt);
    }

    /** A build is a step further, or failed; nothing when its next attempt has begun. */
    synchronized Build reached(
            Build build, Phase phase, @Nullable ReasonCode reason, @Nullable String message) {
        Build now = newest.get(build.app());
        return now == null || !now.inAttempt().equals(build.inAttempt()) || now.phase().last()
                ? build
                : put(now.with(step(now, phase, reason, message, 0)));
    }

    /** The image of a build is in a registry by that name. */
    synchronized Build pushed(Build build, String name) {
        Build now = newest.get(build.app());
        return now == null || !now.inAttempt().equals(build.inAttempt()) || now.phase().last()
                ? build
                : put(now.pushedAs(name));
    }

    /**
     * What names an image in a registry, {@code <registry>/<app>@sha256:...}; {@code null} when it
     * was not pushed there.
     *
     * @param repository {@code <registry>/<app>}
     * @throws UnavailableException if the database does not answer and nothing else knows
     */
    public @Nullable String pushed(String image, String repository) throws UnavailableException {
        synchronized (this) {
            for (Build build : newest.values()) {
                String name = build.pushed();
                if (build.image().equals(image)
                        && name != null
                        && name.startsWith(repository + "@")) {
                    return name;
                }
            }
        }
        return store.pushed(image, repository).orElse(null);
    }

    /** What was made of an app's image is so far; nothing when no build of it goes on. */
    public synchronized void reached(ResourceId app, String image, Phase phase) {
        Build now = newest.get(app);
        if (now != null
                && now.image().equals(image)
                && !now.phase().makesImage()
                && now.phase().compareTo(phase) < 0) {
            put(now.with(step(now, phase, null, null, 0)));
        }
    }

    /** Ends what a pass has found the end of: it serves, failed for good, or is not wanted. */
    public synchronized void settle(PassReport pass) {
        if (pass.resources().isEmpty() || pass.revision().isEmpty()) {
            return;
        }
        settled = true;
        Map<ResourceId, String> wanted = new HashMap<>();
        for (BuildStatus build : pass.builds()) {
            wanted.put(build.app(), build.image() == null ? "" : build.image());
        }
        for (Build build : List.copyOf(newest.values())) {
            if (!build.phase().last()) {
                settle(build, wanted.get(build.app()), pass);
            }
        }
    }

    private void settle(Build build, @Nullable String wanted, PassReport pass) {
        ResourceStatus status = statusOf(build.app(), pass);
        // An image may be there of which the end was never written down.
        boolean isMade = !build.phase().makesImage() || !atWork.contains(build.inAttempt());
        Condition ready = status == null || !isMade ? null : status.condition(ConditionType.Ready);
        boolean isWanted = build.image().equals(wanted);
        if (ready != null
                && (ready.reason() == ReasonCode.RolledBack
                        || (isWanted
                                && ready.status() == Condition.Status.False
                                && isTrue(status, ConditionType.Stalled)))) {
            String why = firstLine(ready.message());
            put(build.with(step(build, Phase.Failed, ready.reason(), why, 0)));
        } else if (!isWanted) {
            put(superseded(build, "something else is wanted by now"));
        } else if (ready != null
                && (isAtRest(ready.reason())
                        || (ready.status() == Condition.Status.True
                                && !isTrue(status, ConditionType.Reconciling)))) {
            Build made =
                    build.phase().makesImage()
                            ? build.with(step(build, Phase.Releasing, null, null, 0))
                            : build;
            put(made.with(step(made, Phase.Serving, null, null, 0)));
        }
    }

    private static @Nullable ResourceStatus statusOf(ResourceId app, PassReport pass) {
        return pass.resources().stream()
                .filter(status -> status.id().equals(app))
                .findFirst()
                .orElse(null);
    }

    private static boolean isTrue(@Nullable ResourceStatus status, ConditionType type) {
        Condition condition = status == null ? null : status.condition(type);
        return condition != null && condition.status() == Condition.Status.True;
    }

    /** It is as it is to be. */
    private static boolean isAtRest(ReasonCode reason) {
        return reason == ReasonCode.Suspended || reason == ReasonCode.Asleep;
    }

    /** Another home may write now: it goes on with all that is not done. */
    public void leave() {
        synchronized (reading) {
            left.clear();
            asked = false;
        }
        synchronized (this) {
            newest.clear();
            atWork.clear();
            unsaved.clear();
            settled = false;
        }
    }

    private Build fresh(Order order) {
        Instant now = clock.instant();
        String id =
                "%s-%s-%04x".formatted(order.app().name(), SECOND.format(now), serial++ & 0xffff);
        return new Build(
                id,
                order.app(),
                order.image(),
                order.repo(),
                order.commit(),
                1,
                List.of(new Build.Step(Phase.Queued, now, 1, null, null)));
    }

    private Build.Step step(
            Build build,
            Phase phase,
            @Nullable ReasonCode reason,
            @Nullable String message,
            int attempts) {
        return new Build.Step(
                phase,
                clock.instant(),
                build.attempt() + attempts,
                reason,
                message == null ? null : cleaner.apply(message));
    }

    private Build superseded(Build build, String by) {
        return build.with(step(build, Phase.Superseded, null, by, 0));
    }

    private Build put(Build build) {
        count(newest.get(build.app()), build);
        newest.put(build.app(), build);
        unsaved.put(build.id(), build);
        news.ring();
        return build;
    }

    private void count(@Nullable Build before, Build now) {
        if (before != null && before.id().equals(now.id()) && before.phase() == Phase.Building) {
            Build.Step building = before.steps().getLast();
            int after = now.steps().indexOf(building) + 1;
            if (after < now.steps().size()) {
                counts = counts.and(Duration.between(building.at(), now.steps().get(after).at()));
            }
        }
        if (now.phase().last()) {
            counts = counts.and(now.phase());
        }
    }

    static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    // ---- what an earlier process left ----

    /**
     * The same build of a process that has gone; {@code null} when there is none. Another home may
     * be at it for a moment more; one that lives and may not write gives it up by itself.
     */
    private @Nullable Build takeOver(Order order) throws InterruptedException {
        Deadline end = Deadline.in(VALIDITY.plus(LOOK_AGAIN), clock);
        try {
            Build left = leftOf(order.app());
            while (left != null && !store.claim(left.id(), holder, VALIDITY)) {
                if (end.over(clock)) {
                    return null;
                }
                clock.sleep(LOOK_AGAIN);
                left = readLeft(order.app());
            }
            return left;
        } catch (UnavailableException e) {
            LOG.debug("what was built before is not known: {}", e.getMessage());
            synchronized (reading) {
                askAgainAt = clock.nanos() + TRY_AGAIN.toNanos();
            }
            return null;
        }
    }

    private @Nullable Build leftOf(ResourceId app) throws UnavailableException {
        synchronized (this) {
            if (newest.containsKey(app)) {
                return null;
            }
        }
        synchronized (reading) { // one asks for all who wait
            if (!asked && askAgainAt - clock.nanos() <= 0) {
                store.open().forEach(build -> left.put(build.app(), build));
                asked = true;
            }
            return left.remove(app);
        }
    }

    private @Nullable Build readLeft(ResourceId app) throws UnavailableException {
        return store.open().stream()
                .filter(build -> build.app().equals(app))
                .reduce((_, last) -> last)
                .orElse(null);
    }

    /** What nobody asks for again has come to something, which a pass will tell. */
    private void recover() throws UnavailableException {
        for (Build build : store.open()) {
            boolean known;
            synchronized (this) {
                Build now = newest.get(build.app());
                known = now != null && (now.id().equals(build.id()) || !now.phase().last());
            }
            if (!known && store.claim(build.id(), holder, VALIDITY)) {
                synchronized (this) {
                    if (newest.putIfAbsent(build.app(), build) != null) {
                        Build ended = superseded(build, "it was begun anew");
                        unsaved.put(ended.id(), ended);
                        news.ring();
                    }
                }
            }
        }
    }

    // ---- for readers ----

    @Override
    public Page<Build> builds(@Nullable ResourceId app, @Nullable String cursor, int limit)
            throws UnavailableException {
        Page<Build> kept = store.builds(app, cursor, limit);
        return new Page<>(kept.items().stream().map(this::asItIs).toList(), kept.next());
    }

    @Override
    public Optional<Build> build(String id) throws UnavailableException {
        synchronized (this) {
            for (Build build : newest.values()) {
                if (build.id().equals(id)) {
                    return Optional.of(build);
                }
            }
        }
        return store.build(id);
    }

    @Override
    public synchronized List<Build> underway() {
        return newest.values().stream()
                .filter(build -> !build.phase().last())
                .sorted(Comparator.comparing(Build::queuedAt))
                .toList();
    }

    @Override
    public synchronized BuildCounts counts() {
        return counts;
    }

    private synchronized Build asItIs(Build kept) {
        Build now = newest.get(kept.app());
        return now != null && now.id().equals(kept.id()) ? now : kept;
    }

    // ---- writing it down ----

    private void run() {
        try {
            Deadline next = Deadline.in(TICK, clock);
            while (!isClosed()) {
                var _ = news.await(next.left(clock));
                try {
                    saveAll();
                    if (next.over(clock)) {
                        next = Deadline.in(TICK, clock);
                        tick();
                    }
                } catch (UnavailableException e) {
                    LOG.debug("builds are not written down now: {}", e.getMessage());
                    clock.sleep(TRY_AGAIN);
                    news.ring();
                } catch (RuntimeException e) {
                    LOG.warn("a bug keeps builds from being written down", e);
                    clock.sleep(TICK);
                }
            }
            saveAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UnavailableException e) {
            LOG.warn("the last builds are not written down: {}", e.getMessage());
        }
    }

    private void saveAll() throws UnavailableException {
        for (Build build = next(); build != null; build = next()) {
            boolean mine = store.save(build, holder);
            synchronized (this) {
                unsaved.remove(build.id(), build);
                if (!mine && !build.phase().last()) { // another home goes on with it
                    newest.remove(build.app(), build);
                }
            }
        }
    }

    private synchronized @Nullable Build next() {
        return unsaved.isEmpty() ? null : unsaved.values().iterator().next();
    }

    private void tick() throws UnavailableException {
        List<String> mine = underway().stream().map(Build::id).toList();
        if (!mine.isEmpty()) {
            store.renew(mine, holder);
        }
        if (hasSettled()) {
            recover();
            forget();
        }
    }

    private synchronized boolean hasSettled() {
        return settled;
    }

    private void forget() throws UnavailableException {
        Instant now = clock.instant();
        if (now.isAfter(forgottenAt.plus(FORGET_EVERY))) {
            logs.forget(store.forgetBefore(now.minus(KEEP)));
            for (String old : logs.quietSince(now.minus(KEEP))) {
                if (store.build(old).isEmpty()) { // another home may have forgotten it
                    logs.forget(List.of(old));
                }
            }
            forgottenAt = now;
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Has what is left written down once, by its own thread. */
    @Override
    public synchronized void close() {
        closed = true;
        news.ring();
    }
}
