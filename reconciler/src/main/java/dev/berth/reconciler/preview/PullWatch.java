package dev.berth.reconciler.preview;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Mark;
import dev.berth.reconciler.forge.PullRequest;
import dev.berth.reconciler.forge.PullState;
import dev.berth.reconciler.forge.Pulls;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.App;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pull requests and branches of repos, on a thread of its own: at each interval, and
 * at once when a webhook speaks of one. A repo is looked at from the first time that somebody asks
 * for it.
 *
 * <p>Where there is a forge it says which pull requests are open; one that it lists no more is
 * closed when it says so of that one. Without, a webhook says so, and the repo where they stand; a
 * commit that no branch of the repo has comes out of a fork. Thread-safe.
 */
public final class PullWatch implements Previews, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PullWatch.class);
    private static final Duration MOMENT = Duration.ofMillis(50);

    /** Then nothing that a forge said before counts as said. */
    private static final Duration SWEEP = Duration.ofDays(1);

    private static final String HEADS = "refs/heads/";
    private static final String GITHUB_PULLS = "refs/pull/";
    private static final String GITLAB_PULLS = "refs/merge-requests/";

    private final PullBook book;
    private final Surroundings surroundings;
    private final Clockwork clock;
    private final Backoff backoff;
    private final Clockwork.Bell bell;
    private final Map<String, Watched> repos = new ConcurrentHashMap<>();
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * What it works with.
     *
     * @param forges who answers for a repo; {@code null} = nobody
     * @param refs what a repo itself says
     * @param config URL of the config repo
     * @param interval between two looks at one repo
     * @param wake called when what is open has changed
     */
    public record Surroundings(
            Function<ForgeRepo, @Nullable Forge> forges,
            Refs refs,
            Supplier<String> config,
            Supplier<Duration> interval,
            Runnable wake) {}

    /** Asks a repo where its refs stand. */
    @FunctionalInterface
    public interface Refs {
        /**
         * The commits of all refs that begin so, by full name.
         *
         * @throws ReconcileException when it does not answer with all of them
         */
        SortedMap<String, String> list(RepoUrl repo, List<String> prefixes)
                throws ReconcileException;
    }

    public PullWatch(
            PullBook book, Surroundings surroundings, RandomGenerator random, Clockwork clock) {
        this.book = book;
        this.surroundings = surroundings;
        this.backoff = new Backoff(random);
        this.clock = clock;
        this.bell = clock.bell();
    }

    /** What is known of the looks at a repo. */
    private final class Watched {
        private final RepoUrl url;
        private final @Nullable ForgeRepo at;
        private final AtomicBoolean news = new AtomicBoolean(true);
        private final ConcurrentSkipListSet<String> labels = new ConcurrentSkipListSet<>();
        private volatile boolean branches;
        private volatile @Nullable String fault;

        // Owned by the thread.
        private @Nullable Mark mark;
        private Deadline due;
        private Deadline sweep;
        private int failures;

        Watched(RepoUrl url) {
            this.url = url;
            this.at = ForgeRepo.of(url);
            this.due = Deadline.in(Duration.ZERO, clock);
            this.sweep = Deadline.in(SWEEP, clock);
        }

        String name() {
            return url.shown();
        }

        @Nullable Forge forge() {
            return PullWatch.this.forge(url);
        }
    }

    @Override
    public Answer of(String app, App.Previews rules, @Nullable String repo) {
        String text = repo == null ? surroundings.config().get() : repo;
        Watched watched;
        try {
            watched = watched(RepoUrl.parse(text));
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
        if (rules.forks() == App.Forks.LABELED) {
            watched.labels.addAll(rules.labels());
        }
        if (!rules.branches().isEmpty() && !watched.branches) {
            watched.branches = true;
            lookAgain(watched);
        }
        return switch (book.of(watched.name())) {
            case RepoPulls.Known known ->
                    new Known(text, new PreviewRules(app, rules).decide(known, clock.instant()));
            case RepoPulls.Unknown(String cause) -> {
                String fault = watched.fault;
                yield new Unknown(fault == null ? cause : fault);
            }
        };
    }

    /**
     * The same for an app that nobody follows yet: only from what is watched already, with no
     * effect on what is.
     */
    public Answer seen(String app, App.Previews rules, @Nullable String repo) {
        String text = repo == null ? surroundings.config().get() : repo;
        Watched watched;
        try {
            watched = repos.get(RepoUrl.parse(text).shown());
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
        if (watched == null
                || (!rules.branches().isEmpty() && !watched.branches)
                || (rules.forks() == App.Forks.LABELED
                        && !watched.labels.containsAll(rules.labels()))) {
            return new Unknown("nobody has looked for them yet");
        }
        return switch (book.of(watched.name())) {
            case RepoPulls.Known known ->
                    new Known(text, new PreviewRules(app, rules).decide(known, clock.instant()));
            case RepoPulls.Unknown(String cause) -> new Unknown(cause);
        };
    }

    /** What is open in a repo; it is looked at from now on. */
    public RepoPulls open(RepoUrl repo) {
        return book.of(watched(repo).name());
    }

    /** Why a repo could not be looked at the last time; {@code null} when it could. */
    public @Nullable String fault(RepoUrl repo) {
        return watched(repo).fault;
    }

    private Watched watched(RepoUrl url) {
        Watched known = repos.get(url.shown());
        if (known != null) {
            return known;
        }
        Watched added = repos.computeIfAbsent(url.shown(), _ -> new Watched(url));
        bell.ring();
        return added;
    }

    // ---- what webhooks say ----------------------------------------------------------------------

    /** Something has changed in a repo: it is looked at. */
    public void lookAgain(RepoUrl repo) {
        Watched watched = repos.get(repo.shown());
        if (watched != null) {
            lookAgain(watched);
        }
    }

    private @Nullable Forge forge(RepoUrl repo) {
        ForgeRepo at = ForgeRepo.of(repo);
        return at == null ? null : surroundings.forges().apply(at);
    }

    private void lookAgain(Watched watched) {
        watched.news.set(true);
        bell.ring();
    }

    /** A pull request is open, says one who could prove who they are. */
    public void opened(RepoUrl repo, int number) {
        if (forge(repo) == null) {
            book.hinted(repo.shown(), number, clock.instant());
        }
        lookAgain(repo);
    }

    /** A pull request is closed, says one who could prove who they are. */
    public void closed(RepoUrl repo, int number) {
        if (forge(repo) == null) {
            book.closed(repo.shown(), number);
            surroundings.wake().run();
        }
        lookAgain(repo);
    }

    // ---- the looks ------------------------------------------------------------------------------

    /** Begins to look. */
    public void start() {
        thread = clock.start("berth-pulls", this::run);
    }

    private void run() {
        try {
            while (!closed) {
                round();
                bell.await(untilDue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at every repo that has news, or was not looked at for long enough. */
    void round() {
        for (Watched watched : repos.values()) {
            if (watched.news.getAndSet(false) || watched.due.over(clock)) {
                look(watched);
            }
        }
    }

    private Duration untilDue() {
        Duration least = surroundings.interval().get();
        for (Watched watched : repos.values()) {
            Duration left = watched.news.get() ? MOMENT : watched.due.left(clock);
            least = left.compareTo(least) < 0 ? left : least;
        }
        return least;
    }

    /** Nobody else is held up by a bug in one look. */
    private void look(Watched watched) {
        RepoPulls before = book.of(watched.name());
        Duration pause;
        try {
            Forge forge = watched.forge();
            SortedMap<String, String> refs =
                    forge == null || watched.branches ? refs(watched) : new TreeMap<>();
            Map<String, String> branches = branches(refs);
            if (watched.branches && !branches.isEmpty()) {
                book.branches(watched.name(), branches, clock.instant());
            }
            if (forge == null) {
                byRefs(watched, refs);
            } else if (watched.at != null) {
                byForge(watched, watched.at, forge);
            }
            watched.failures = 0;
            watched.fault = null;
            pause = surroundings.interval().get();
        } catch (ForgeException e) {
            pause = failed(watched, e.getMessage(), e.retryAfter());
        } catch (ReconcileException e) {
            pause = failed(watched, String.valueOf(e.getMessage()), null);
        } catch (RuntimeException e) {
            LOG.error("a bug ended the look at pull requests of {}", watched.name(), e);
            pause = failed(watched, "a bug in Berth: " + e, null);
        }
        watched.due = Deadline.in(pause, clock);
        if (!book.of(watched.name()).equals(before)) {
            surroundings.wake().run();
        }
    }

    private Duration failed(Watched watched, String why, @Nullable Duration retryAfter) {
        if (watched.fault == null) {
            LOG.warn("pull requests of {} stay as they were: {}", watched.name(), why);
        }
        watched.fault = why;
        watched.failures++;
        Duration pause = backoff.delay(watched.failures);
        return retryAfter == null || retryAfter.compareTo(pause) < 0 ? pause : retryAfter;
    }

    private void byForge(Watched watched, ForgeRepo repo, Forge forge) throws ForgeException {
        if (watched.sweep.over(clock)) {
            watched.mark = null;
            watched.sweep = Deadline.in(SWEEP, clock);
        }
        switch (forge.open(repo, watched.mark)) {
            case Pulls.Unchanged _ -> {}
            case Pulls.Listed(List<PullRequest> pulls, Mark mark) -> {
                Instant now = clock.instant();
                List<OpenPull> open = new ArrayList<>();
                pulls.forEach(pull -> open.add(seen(pull, forge, now)));
                for (int number : book.listed(watched.name(), open)) {
                    settle(watched, repo, forge, number);
                }
                watched.mark = mark; // not before those that are missing were asked for
            }
        }
        judgeLabels(watched, repo, forge);
    }

    /** One that is not listed any more. */
    private void settle(Watched watched, ForgeRepo repo, Forge forge, int number)
            throws ForgeException {
        switch (forge.state(repo, number)) {
            case PullState.Closed _ -> book.closed(watched.name(), number);
            case PullState.Open(PullRequest pull) ->
                    book.opened(watched.name(), seen(pull, forge, clock.instant()));
        }
    }

    private static OpenPull seen(PullRequest pull, Forge forge, Instant now) {
        return new OpenPull(
                pull.number(),
                pull.title(),
                pull.url(),
                pull.author(),
                forge.pullRef(pull.number()),
                pull.headCommit(),
                pull.headBranch(),
                pull.baseBranch(),
                pull.draft(),
                pull.fork(),
                pull.labels(),
                now,
                now,
                new TreeMap<>(),
                new TreeSet<>());
    }

    /** Who has given forks the labels that let them in. */
    private void judgeLabels(Watched watched, ForgeRepo repo, Forge forge) throws ForgeException {
        for (OpenPull pull : book.open(watched.name())) {
            for (String label : pull.labeled().keySet()) {
                if (pull.fork()
                        && watched.labels.contains(label)
                        && !pull.approved().contains(label)) {
                    boolean mayWrite = forge.labeled(repo, pull.number(), label).mayWrite();
                    book.note(
                            watched.name(),
                            pull.number(),
                            open -> open.approvedBy(label, mayWrite));
                }
            }
        }
    }

    private SortedMap<String, String> refs(Watched watched) throws ReconcileException {
        return surroundings.refs().list(watched.url, List.of(HEADS, GITHUB_PULLS, GITLAB_PULLS));
    }

    private static Map<String, String> branches(SortedMap<String, String> refs) {
        Map<String, String> branches = new TreeMap<>();
        refs.forEach(
                (name, commit) -> {
                    if (name.startsWith(HEADS)) {
                        branches.put(name.substring(HEADS.length()), commit);
                    }
                });
        return branches;
    }

    /**
     * A moment may lie between a branch and its pull request: one whose commit no branch has stays
     * where it was. One that the repo itself has dropped is closed.
     */
    private void byRefs(Watched watched, SortedMap<String, String> refs) {
        Map<String, String> branches = branches(refs);
        book.listed(watched.name(), List.of());
        for (OpenPull pull : book.open(watched.name())) {
            String ref = pullRef(pull, refs);
            String commit = ref == null ? null : refs.get(ref);
            if (ref == null || commit == null) {
                if (pull.isKnown() && !branches.isEmpty()) {
                    book.closed(watched.name(), pull.number());
                }
                continue;
            }
            Instant now = clock.instant();
            branches.entrySet().stream()
                    .filter(branch -> branch.getValue().equals(commit))
                    .findFirst()
                    .ifPresent(
                            branch ->
                                    book.note(
                                            watched.name(),
                                            pull.number(),
                                            open ->
                                                    open.ownCode(
                                                            ref, commit, branch.getKey(), now)));
        }
    }

    private static @Nullable String pullRef(OpenPull pull, SortedMap<String, String> refs) {
        return List.of(GITHUB_PULLS, GITLAB_PULLS).stream()
                .map(prefix -> prefix + pull.number() + "/head")
                .filter(ref -> refs.containsKey(ref))
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() {
        closed = true;
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
    }
}
