package dev.berth.reconciler.preview;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Labeled;
import dev.berth.reconciler.forge.Mark;
import dev.berth.reconciler.forge.PullRequest;
import dev.berth.reconciler.forge.PullState;
import dev.berth.reconciler.forge.Pulls;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pull requests and branches of repos: at each interval, and at once when a webhook
 * speaks of one; each repo on a thread of its own, so that one forge that hangs delays no other. A
 * repo is looked at from the first time that somebody asks for it until an hour after the last, and
 * not before it is known which forges there are.
 *
 * <p>Where there is a forge it says which pull requests are open; one that it lists no more is
 * closed when it says so of that one. Without, a webhook says so, and the repo where they stand; a
 * commit that no branch of the repo has comes out of a fork. What a repo does not have any more is
 * gone after three looks. Thread-safe.
 */
public final class PullWatch implements Previews, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PullWatch.class);
    private static final Duration MOMENT = Duration.ofMillis(50);

    /** What nobody has asked for that long is not looked at. */
    private static final Duration STALE = Duration.ofHours(1);

    private static final int AT_ONCE = 4;

    private static final String HEADS = "refs/heads/";

    /** Where repos have the heads of their pull requests: GitHub and Gitea, GitLab, Bitbucket. */
    private static final Map<String, String> PULLS =
            Map.of(
                    "refs/pull/", "/head",
                    "refs/merge-requests/", "/head",
                    "refs/pull-requests/", "/from");

    private static final List<String> PREFIXES =
            Stream.concat(Stream.of(HEADS), PULLS.keySet().stream()).sorted().toList();

    private final PullBook book;
    private final Surroundings surroundings;
    private final Clockwork clock;
    private final Backoff backoff;
    private final Clockwork.Bell bell;
    private final Map<String, Watched> repos = new ConcurrentHashMap<>();
    private final Map<String, Semaphore> hosts = new ConcurrentHashMap<>();
    private volatile @Nullable List<Instance.Forge> followed;
    private volatile Deadline forget;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * What it works with.
     *
     * @param forges who answers for a repo; {@code null} = nobody. Not asked before {@link #follow}
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
        this.forget = Deadline.in(STALE, clock);
    }

    /**
     * What an app wants to know of a repo.
     *
     * @param url with the login that the app has
     * @param labels that may let forks in
     */
    private record Wish(RepoUrl url, Set<String> labels, boolean branches, Deadline until) {}

    /**
     * What was known when a commit of a fork was first seen with a label that does not count for
     * it.
     *
     * @param event when the label was given last; {@code null} = nobody had
     * @param updated when the pull request had changed last
     */
    private record Basis(String commit, @Nullable Instant event, @Nullable Instant updated) {}

    /** What is known of the looks at a repo. */
    private final class Watched {
        private final String name;
        private final @Nullable ForgeRepo at;
        private final AtomicBoolean news = new AtomicBoolean(true);
        private final AtomicBoolean looking = new AtomicBoolean();

        /** What was told before counts no more. */
        private final AtomicBoolean anew = new AtomicBoolean();

        private final SortedMap<String, Wish> wishes = new ConcurrentSkipListMap<>();
        private volatile RepoUrl url;
        private volatile @Nullable String fault;
        private volatile Deadline wanted;
        private volatile Deadline due;

        /** Before it the forge does not want to be asked, whatever the news. */
        private volatile @Nullable Deadline pause;

        // Owned by who looks.
        private @Nullable Mark mark;
        private int failures;
        private final Map<Integer, Instant> updated = new HashMap<>();
        private final Map<String, Basis> bases = new HashMap<>();
        private final Set<Integer> homeless = new HashSet<>();

        Watched(RepoUrl url) {
            this.url = url;
            this.name = url.shown();
            this.at = ForgeRepo.of(url);
            this.due = Deadline.in(Duration.ZERO, clock);
            this.wanted = Deadline.in(STALE, clock);
        }

        String name() {
            return name;
        }

        String host() {
            return at == null ? "" : at.host();
        }

        @Nullable Forge forge() {
            return at == null ? null : surroundings.forges().apply(at);
        }

        boolean wantsBranches() {
            return wishes.values().stream().anyMatch(Wish::branches);
        }

        /** Whether the repo is to be looked at anew for what an app wants to know. */
        boolean wish(String app, Wish wish) {
            boolean branches = wantsBranches();
            RepoUrl before = url;
            wishes.put(app, wish);
            url = wishes.values().iterator().next().url(); // apps may differ in their login
            return (wish.branches() && !branches) || !url.equals(before);
        }

        boolean wants(String label) {
            return wishes.values().stream().anyMatch(wish -> wish.labels().contains(label));
        }

        boolean isPaused() {
            Deadline end = pause;
            return end != null && !end.over(clock);
        }

        boolean isDue() {
            return !isPaused() && (news.get() || due.over(clock));
        }

        Duration untilDue() {
            Duration left = news.get() ? MOMENT : due.left(clock);
            Deadline end = pause;
            Duration rest = end == null ? Duration.ZERO : end.left(clock);
            return rest.compareTo(left) > 0 ? rest : left;
        }

        <T> T ask(Function<PullPage, T> what) {
            return book.ask(name(), clock.instant(), what);
        }

        void note(Consumer<PullPage> what) {
            book.note(name(), clock.instant(), what);
        }
    }

    @Override
    public Answer of(String app, App.Previews rules, @Nullable String repo) {
        String text = text(repo);
        RepoUrl url;
        try {
            url = RepoUrl.parse(text);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return new Unknown(String.valueOf(e.getMessage()));
        }
        Watched watched = watched(url);
        Wish wish =
                new Wish(
                        url,
                        rules.forks() == App.Forks.LABELED ? Set.copyOf(rules.labels()) : Set.of(),
                        !rules.branches().isEmpty(),
                        Deadline.in(STALE, clock));
        if (watched.wish(app, wish)) {
            lookAgain(watched);
        }
        return answer(watched, app, rules, text, true);
    }

    @Override
    public void live(Collection<Live> lives) {
        Map<String, SortedMap<String, Set<String>>> byApp = new HashMap<>();
        for (Live one : lives) {
            byApp.computeIfAbsent(one.id().app(), _ -> new TreeMap<>())
                    .computeIfAbsent(one.id().key(), _ -> new HashSet<>())
                    .add(one.commit());
        }
        boolean isNew = false;
        for (Watched watched : repos.values()) {
            for (String app : watched.wishes.keySet()) {
                SortedMap<String, Set<String>> keys = byApp.getOrDefault(app, new TreeMap<>());
                boolean first = watched.ask(page -> page.lives(app)).isEmpty();
                boolean others = watched.ask(page -> page.live(app, keys));
                if (others && !watched.ask(PullPage::unsettled).isEmpty()) {
                    lookAgain(watched);
                }
                isNew |= first;
            }
        }
        if (isNew) {
            surroundings.wake().run(); // what there is to be was not told before
        }
    }

    @Override
    public Previews asKnown() {
        return (app, rules, repo) -> {
            String text = text(repo);
            Watched watched = null;
            try {
                watched = repos.get(RepoUrl.parse(text).shown());
            } catch (RepoUrl.InvalidRepoUrlException e) {
                return new Unknown(String.valueOf(e.getMessage()));
            }
            return watched == null
                    ? new Unknown("pull requests of that repo are not looked at")
                    : answer(watched, app, rules, text, false);
        };
    }

    private String text(@Nullable String repo) {
        return repo == null ? surroundings.config().get() : repo;
    }

    private Answer answer(
            Watched watched, String app, App.Previews rules, String repo, boolean keep) {
        PullPage.Told told = book.told(watched.name());
        return switch (told.open()) {
            case RepoPulls.Known known -> {
                SortedMap<String, Set<String>> lives =
                        watched.ask(page -> page.lives(app)).orElse(null);
                yield lives == null
                        ? new Known(repo, List.of(), new TreeSet<>())
                        : new View(watched, told, app, rules, lives).answer(repo, known, keep);
            }
            case RepoPulls.Unknown(String cause) -> {
                String fault = watched.fault;
                yield new Unknown(fault == null ? cause : fault);
            }
        };
    }

    /** What is told of a repo, as one app looks at it. */
    private final class View {
        private final Watched watched;
        private final PullPage.Told told;
        private final String app;
        private final App.Previews rules;
        private final SortedMap<String, Set<String>> lives;

        View(
                Watched watched,
                PullPage.Told told,
                String app,
                App.Previews rules,
                SortedMap<String, Set<String>> lives) {
            this.watched = watched;
            this.told = told;
            this.app = app;
            this.rules = rules;
            this.lives = lives;
        }

        Known answer(String repo, RepoPulls.Known known, boolean keep) {
            List<Preview> decided = decided(known, keep);
            return new Known(
                    repo, decided.stream().filter(this::isCertain).toList(), ended(decided));
        }

        private List<Preview> decided(RepoPulls.Known known, boolean keep) {
            Instant now = clock.instant();
            PreviewRules of = new PreviewRules(app, rules);
            SortedSet<String> others = new TreeSet<>(lives.keySet());
            others.removeAll(told.ended());
            of.decide(known, now).forEach(preview -> others.remove(preview.id().key()));
            return watched.ask(
                    page -> {
                        SortedMap<String, Instant> turns = page.turns(app);
                        List<Preview> decided = of.decide(known, turns, others.size(), now);
                        SortedMap<String, Instant> next = PreviewRules.turns(decided, turns, now);
                        others.forEach(key -> next.put(key, Instant.EPOCH));
                        if (keep && !next.equals(turns)) {
                            page.turns(app, next);
                            bell.ring(); // has it written down
                        }
                        return decided;
                    });
        }

        /** What an older process wrote makes nothing, and takes nothing back that has gone on. */
        private boolean isCertain(Preview preview) {
            String key = preview.id().key();
            return switch (preview.verdict()) {
                case Preview.Wanted wanted ->
                        told.seen().contains(key)
                                || lives.getOrDefault(key, Set.of()).contains(wanted.commit());
                case Preview.Queued _, Preview.Refused _ -> true;
            };
        }

        /**
         * What is proven to have ended. Of a preview that lives nothing counts that this process
         * was not told itself; without a forge it is told that by nobody but webhooks, once.
         */
        private SortedSet<String> ended(List<Preview> decided) {
            SortedSet<String> keys = new TreeSet<>();
            boolean isTold = watched.forge() != null;
            for (String key : told.ended()) {
                boolean mayBeOlder = lives.containsKey(key) && (isTold || !PullPage.isOfPull(key));
                if (!mayBeOlder || told.seen().contains(key)) {
                    keys.add(key);
                }
            }
            Set<String> matching = new HashSet<>();
            for (Preview preview : decided) {
                String key = preview.id().key();
                matching.add(key);
                if (isNoMore(preview.verdict()) && told.seen().contains(key)) {
                    keys.add(key);
                }
            }
            for (String key : lives.keySet()) {
                boolean isWithoutRule =
                        rules.branches().isEmpty()
                                || (told.seen().contains(key) && !matching.contains(key));
                if (!PullPage.isOfPull(key) && isWithoutRule) {
                    keys.add(key);
                }
            }
            return keys;
        }

        /** Who let a fork in may be forgotten; that nobody did does not follow. */
        private boolean isNoMore(Preview.Verdict verdict) {
            return switch (verdict) {
                case Preview.Wanted _ -> false;
                case Preview.Queued _ -> true;
                case Preview.Refused(Preview.Why why, String _) ->
                        why != Preview.Why.FORK || rules.forks() == App.Forks.DENY;
            };
        }
    }

    /** What is open in a repo; it is looked at from now on. */
    public RepoPulls open(RepoUrl repo) {
        return book.told(watched(repo).name()).open();
    }

    /** Repos that could not be looked at the last time, without login, and why. */
    public SortedMap<String, String> faults() {
        SortedMap<String, String> faults = new TreeMap<>();
        for (Watched watched : repos.values()) {
            String fault = watched.fault;
            if (fault != null) {
                faults.put(watched.name(), fault);
            }
        }
        return faults;
    }

    private Watched watched(RepoUrl url) {
        Watched known = repos.get(url.shown());
        if (known != null) {
            known.wanted = Deadline.in(STALE, clock);
            if (known.wishes.isEmpty()) {
                known.url = url;
            }
            return known;
        }
        Watched added = repos.computeIfAbsent(url.shown(), _ -> new Watched(url));
        bell.ring();
        return added;
    }

    /** These forges count from now on. Nothing is looked at before it is known which do. */
    public void follow(List<Instance.Forge> forges) {
        List<Instance.Forge> before = followed;
        followed = List.copyOf(forges);
        if (!forges.equals(before)) {
            for (Watched watched : repos.values()) {
                watched.anew.set(true);
                lookAgain(watched);
            }
        }
    }

    // ---- what webhooks say ----------------------------------------------------------------------

    /** Something has changed in a repo: it is looked at. */
    public void lookAgain(RepoUrl repo) {
        Watched watched = repos.get(repo.shown());
        if (watched != null) {
            lookAgain(watched);
        }
    }

    private void lookAgain(Watched watched) {
        watched.news.set(true);
        bell.ring();
    }

    /**
     * A pull request is open, says one who could prove who they are.
     *
     * @param at when it changed last, by their clock; {@code null} = they do not say
     */
    public void opened(RepoUrl repo, int number, @Nullable Instant at) {
        hinted(repo, page -> page.hinted(number, at, clock.instant()));
    }

    /**
     * A pull request is closed, says one who could prove who they are.
     *
     * @param at as above
     */
    public void closed(RepoUrl repo, int number, @Nullable Instant at) {
        hinted(repo, page -> page.closing(number, at, clock.instant()));
    }

    /** Where there is a forge, that is asked, and a hint says nothing but when. */
    private void hinted(RepoUrl repo, Consumer<PullPage> what) {
        ForgeRepo at = ForgeRepo.of(repo);
        if (followed == null || at == null || surroundings.forges().apply(at) == null) {
            book.note(repo.shown(), clock.instant(), what);
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
                try {
                    round(watched -> clock.start("berth-pulls-look", () -> lookInTurn(watched)));
                    bell.await(untilDue());
                } catch (RuntimeException e) { // else nothing would be looked at any more
                    LOG.error("a bug ended a round of looks at pull requests", e);
                    bell.await(surroundings.interval().get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at every repo that has news, or was not looked at for long enough. */
    void round() {
        round(this::lookInTurn);
    }

    private void round(Consumer<Watched> look) {
        forget();
        book.save();
        if (followed == null) {
            return;
        }
        for (Watched watched : repos.values()) {
            if (watched.isDue() && watched.looking.compareAndSet(false, true)) {
                look.accept(watched);
            }
        }
    }

    private void forget() {
        if (!forget.over(clock)) {
            return;
        }
        forget = Deadline.in(STALE, clock);
        repos.values().removeIf(watched -> watched.wanted.over(clock));
        repos.values()
                .forEach(
                        watched ->
                                watched.wishes.values().removeIf(wish -> wish.until().over(clock)));
        book.forget(Set.copyOf(repos.keySet()), clock.instant());
    }

    private Duration untilDue() {
        Duration least = surroundings.interval().get();
        for (Watched watched : repos.values()) {
            if (followed != null && !watched.looking.get()) {
                Duration left = watched.untilDue();
                least = left.compareTo(least) < 0 ? left : least;
            }
        }
        return least;
    }

    /** A forge is asked for a few repos at a time. */
    private void lookInTurn(Watched watched) {
        Semaphore turn = hosts.computeIfAbsent(watched.host(), _ -> new Semaphore(AT_ONCE));
        try {
            turn.acquire();
            try {
                watched.news.set(false);
                look(watched);
            } finally {
                turn.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watched.looking.set(false);
            bell.ring();
        }
    }

    /** Nobody else is held up by a bug in one look. */
    private void look(Watched watched) {
        PullPage.Told before = book.told(watched.name());
        Duration pause;
        try {
            lookAtAll(watched);
            watched.failures = 0;
            watched.fault = null;
            watched.pause = null;
            pause = surroundings.interval().get();
        } catch (ForgeException e) {
            Duration wait = e.retryAfter();
            pause = failed(watched, e.getMessage(), wait);
            watched.pause = wait == null ? null : Deadline.in(wait, clock);
        } catch (ReconcileException e) {
            pause = failed(watched, String.valueOf(e.getMessage()), null);
        } catch (RuntimeException e) {
            LOG.error("a bug ended the look at pull requests of {}", watched.name(), e);
            pause = failed(watched, "a bug in Berth: " + e, null);
        }
        boolean isClosing = watched.forge() == null && watched.ask(PullPage::isClosing);
        watched.due =
                Deadline.in(
                        isClosing && PullPage.GRACE.compareTo(pause) < 0 ? PullPage.GRACE : pause,
                        clock);
        watched.note(page -> page.asked(clock.instant()));
        book.save();
        if (!book.told(watched.name()).equals(before)) {
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

    /** What one can't be asked keeps nobody from asking the other. */
    private void lookAtAll(Watched watched) throws ForgeException, ReconcileException {
        Forge forge = watched.forge();
        ForgeRepo repo = watched.at;
        boolean wantsBranches = watched.wantsBranches();
        SortedMap<String, String> refs = null;
        ReconcileException unread = null;
        if (forge == null || wantsBranches) {
            try {
                refs = surroundings.refs().list(watched.url, PREFIXES);
            } catch (ReconcileException e) {
                unread = e;
            }
        }
        if (refs != null && wantsBranches) {
            Map<String, String> branches = branches(refs);
            if (!branches.isEmpty()) {
                watched.note(page -> page.branches(branches, clock.instant()));
            }
        }
        if (forge != null && repo != null) {
            byForge(watched, repo, forge);
        } else {
            watched.note(page -> page.close(clock.instant()));
            if (refs != null) {
                byRefs(watched, refs);
            }
        }
        if (unread != null) {
            throw unread;
        }
    }

    // ---- by a forge -----------------------------------------------------------------------------

    /** What could not be asked of some pull requests, while others could. */
    private static final class Faults {
        private @Nullable ForgeException first;

        /** Goes on, unless nothing more is answered anyway. */
        void add(ForgeException fault) throws ForgeException {
            if (fault.kind() == ForgeException.Kind.LIMITED) {
                throw fault;
            }
            first = first == null ? fault : first;
        }

        void thrown() throws ForgeException {
            if (first != null) {
                throw first;
            }
        }
    }

    private void byForge(Watched watched, ForgeRepo repo, Forge forge) throws ForgeException {
        Faults faults = new Faults();
        boolean sweep = watched.ask(page -> page.isToSweep(clock.instant()));
        boolean anew = watched.anew.getAndSet(false); // by another, or with another login
        if (anew || sweep || !watched.ask(PullPage::unsettled).isEmpty()) {
            watched.mark = null;
        }
        switch (forge.open(repo, watched.mark)) {
            case Pulls.Unchanged _ -> watched.note(PullPage::toldAll);
            case Pulls.Listed(List<PullRequest> pulls, Mark mark) -> {
                boolean settled = listed(watched, repo, forge, pulls, sweep, faults);
                watched.mark = settled ? mark : null;
            }
        }
        if (sweep) {
            watched.note(page -> page.swept(clock.instant()));
        }
        judgeLabels(watched, repo, forge, faults);
        faults.thrown();
    }

    /** Whether it is known of each that is not listed any more how it stands. */
    private boolean listed(
            Watched watched,
            ForgeRepo repo,
            Forge forge,
            List<PullRequest> pulls,
            boolean sweep,
            Faults faults)
            throws ForgeException {
        watched.updated.clear();
        pulls.forEach(pull -> watched.updated.put(pull.number(), pull.updatedAt()));
        NavigableSet<Integer> missing =
                watched.ask(
                        page -> {
                            Instant now = clock.instant();
                            List<OpenPull> open =
                                    pulls.stream().map(pull -> seen(pull, forge, now)).toList();
                            page.toldAll();
                            open.forEach(page::opened);
                            NavigableSet<Integer> others = page.missing(open);
                            others.addAll(page.unsettled());
                            return others;
                        });
        boolean settled = true;
        NavigableSet<Integer> questions = new TreeSet<>(missing);
        if (sweep) {
            watched.ask(PullPage::open).forEach(pull -> questions.add(pull.number()));
        }
        for (int number : questions) {
            try {
                settle(watched, repo, forge, number);
            } catch (ForgeException e) {
                if (!missing.contains(number)) {
                    faults.add(e);
                    continue;
                }
                settled = false;
                if (e.kind() == ForgeException.Kind.NOT_FOUND) {
                    // It is deleted, or hidden from us: the repo, which has just answered, is not.
                    watched.note(page -> page.lost(number, clock.instant()));
                } else {
                    faults.add(e);
                }
            }
        }
        return settled;
    }

    /** One that is to be asked for by its number. */
    private void settle(Watched watched, ForgeRepo repo, Forge forge, int number)
            throws ForgeException {
        switch (forge.state(repo, number)) {
            case PullState.Closed _ -> watched.note(page -> page.closed(number, clock.instant()));
            case PullState.Open(PullRequest pull) ->
                    watched.note(page -> page.opened(seen(pull, forge, clock.instant())));
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
    private void judgeLabels(Watched watched, ForgeRepo repo, Forge forge, Faults faults)
            throws ForgeException {
        Set<String> there = new HashSet<>();
        for (OpenPull pull : watched.ask(PullPage::open)) {
            for (String label : pull.labels()) {
                if (pull.fork() && watched.wants(label)) {
                    there.add(basis(pull, label));
                    try {
                        judge(watched, repo, forge, pull, label);
                    } catch (ForgeException e) {
                        faults.add(e);
                    }
                }
            }
        }
        watched.bases.keySet().retainAll(there);
    }

    private static String basis(OpenPull pull, String label) {
        return pull.number() + " " + label;
    }

    /**
     * A label lets in the commit that whoever gave it could see. That is known when Berth saw the
     * commit before the label was given, and the commit is still the newest after Berth has asked
     * who gave it.
     */
    private void judge(Watched watched, ForgeRepo repo, Forge forge, OpenPull pull, String label)
            throws ForgeException {
        Basis basis = watched.bases.get(basis(pull, label));
        boolean sameCommit = basis != null && basis.commit().equals(pull.commit());
        Instant updated = watched.updated.get(pull.number());
        boolean pending = pull.isPending(label);
        if (pull.isLetInBy(label)
                || (!pending
                        && basis != null
                        && sameCommit
                        && Objects.equals(basis.updated(), updated))) {
            return;
        }
        Labeled given = forge.labeled(repo, pull.number(), label);
        boolean again = sameCommit && isLater(given.at(), basis == null ? null : basis.event());
        if (given.mayWrite() && (pending || again)) {
            switch (forge.state(repo, pull.number())) {
                case PullState.Closed _ -> {} // the next list tells
                case PullState.Open(PullRequest now) ->
                        watched.note(
                                page -> {
                                    page.opened(seen(now, forge, clock.instant()));
                                    page.note(
                                            pull.number(),
                                            open ->
                                                    open.commit().equals(pull.commit())
                                                                    && open.labels().contains(label)
                                                            ? open.letInBy(label)
                                                            : open);
                                });
            }
            return;
        }
        if (pending) {
            watched.note(page -> page.note(pull.number(), open -> open.notLetInBy(label)));
        }
        watched.bases.put(basis(pull, label), new Basis(pull.commit(), given.at(), updated));
    }

    private static boolean isLater(@Nullable Instant one, @Nullable Instant other) {
        return one != null && (other == null || one.isAfter(other));
    }

    // ---- by the repo itself ---------------------------------------------------------------------

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
     * where it was. One that the repo itself has dropped is closed, when that stays so. That no
     * more are open is said by nobody.
     */
    private void byRefs(Watched watched, SortedMap<String, String> refs) {
        Map<String, String> branches = branches(refs);
        watched.note(PullPage::answered);
        watched.note(page -> page.presume(clock.instant()));
        for (OpenPull pull : watched.ask(PullPage::open)) {
            String ref = pullRef(pull, refs);
            String commit = ref == null ? null : refs.get(ref);
            Instant now = clock.instant();
            if (ref == null || commit == null) {
                boolean lives = watched.ask(page -> page.lives(pull.number()));
                if (!pull.isKnown() && !lives) {
                    sayHomeless(watched, pull.number());
                } else if (!branches.isEmpty()) {
                    watched.note(page -> page.lost(pull.number(), now));
                }
                continue;
            }
            String branch =
                    branches.entrySet().stream()
                            .filter(each -> each.getValue().equals(commit))
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElse(null);
            UnaryOperator<OpenPull> own =
                    branch == null ? null : open -> open.ownCode(ref, commit, branch, now);
            watched.note(page -> page.found(pull.number(), commit, own, now));
        }
    }

    private static void sayHomeless(Watched watched, int number) {
        if (watched.homeless.add(number)) {
            LOG.warn(
                    "pull request {} of {} is said to be open, but the repo shows no ref of its"
                            + " commit (Bitbucket Cloud and Azure DevOps have none): it has no"
                            + " preview; previews.branches needs none",
                    number,
                    watched.name());
        }
    }

    private static @Nullable String pullRef(OpenPull pull, SortedMap<String, String> refs) {
        return PULLS.entrySet().stream()
                .map(where -> where.getKey() + pull.number() + where.getValue())
                .filter(ref -> refs.containsKey(ref))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Looks no more; what was noted is written down. */
    @Override
    public void close() {
        closed = true;
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
        book.save();
    }
}
