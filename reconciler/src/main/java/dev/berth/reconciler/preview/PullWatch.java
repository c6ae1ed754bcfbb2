package dev.berth.reconciler.preview;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
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
 * closed when it says so of that one ({@link ForgeLook}). Without, a webhook says so, and the repo
 * where they stand ({@link RefLook}). What a repo does not have any more is gone after three looks.
 * Thread-safe.
 */
public final class PullWatch implements Previews, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PullWatch.class);
    private static final Duration MOMENT = Duration.ofMillis(50);

    /** What nobody has asked for that long is not looked at. */
    private static final Duration STALE = Duration.ofHours(1);

    private static final int AT_ONCE = 4;

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

    /** What is known of the looks at a repo. */
    private final class Watched {
        private final @Nullable ForgeRepo at;
        private final PullNotes notes;
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
        private final ForgeLook byForge;
        private final RefLook byRefs;
        private int failures;

        Watched(RepoUrl url) {
            this.url = url;
            this.notes = new PullNotes(book, url.shown(), clock);
            this.byForge = new ForgeLook(notes, this::wants);
            this.byRefs = new RefLook(notes);
            this.at = ForgeRepo.of(url);
            this.due = Deadline.in(Duration.ZERO, clock);
            this.wanted = Deadline.in(STALE, clock);
        }

        String name() {
            return notes.repo();
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
                PullPage.News news = watched.notes.ask(page -> page.live(app, keys));
                if (news != PullPage.News.NONE
                        && !watched.notes.ask(PullPage::unsettled).isEmpty()) {
                    lookAgain(watched);
                }
                isNew |= news == PullPage.News.FIRST;
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
        PullPage.Told told = watched.notes.told();
        return switch (told.open()) {
            case RepoPulls.Known known -> {
                SortedMap<String, Set<String>> lives =
                        watched.notes.ask(page -> page.lives(app)).orElse(null);
                if (lives == null) {
                    yield new Known(repo, List.of(), new TreeSet<>());
                }
                AppView view =
                        new AppView(
                                new PreviewRules(app, rules),
                                known,
                                watched.notes.ask(page -> page.stillEnded(told.ended())),
                                told.seen(),
                                lives,
                                watched.forge() != null);
                List<Preview> decided = decided(watched, view, keep);
                yield new Known(repo, view.certain(decided), view.ended(decided));
            }
            case RepoPulls.Unknown(String cause) -> {
                String fault = watched.fault;
                yield new Unknown(fault == null ? cause : fault);
            }
        };
    }

    private List<Preview> decided(Watched watched, AppView view, boolean keep) {
        Instant now = clock.instant();
        String app = view.rules().app();
        return watched.notes.ask(
                page -> {
                    SortedMap<String, Instant> turns = page.turns(app);
                    List<Preview> decided = view.decide(turns, now);
                    SortedMap<String, Instant> next = view.turns(decided, turns, now);
                    if (keep && !next.equals(turns)) {
                        page.turns(app, next);
                        bell.ring(); // has it written down
                    }
                    return decided;
                });
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
        PullPage.Told before = watched.notes.told();
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
        boolean isClosing = watched.forge() == null && watched.notes.ask(PullPage::isClosing);
        watched.due =
                Deadline.in(
                        isClosing && PullPage.GRACE.compareTo(pause) < 0 ? PullPage.GRACE : pause,
                        clock);
        watched.notes.note(PullPage::asked);
        book.save();
        if (!watched.notes.told().equals(before)) {
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
                refs = surroundings.refs().list(watched.url, RefLook.PREFIXES);
            } catch (ReconcileException e) {
                unread = e;
            }
        }
        if (refs != null && wantsBranches) {
            watched.byRefs.branches(refs);
        }
        if (forge != null && repo != null) {
            // What was told before counts no more: by another forge, or with another login.
            watched.byForge.look(repo, forge, watched.anew.getAndSet(false));
        } else {
            watched.notes.note(PullPage::close);
            if (refs != null) {
                watched.byRefs.look(refs);
            }
        }
        if (unread != null) {
            throw unread;
        }
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
