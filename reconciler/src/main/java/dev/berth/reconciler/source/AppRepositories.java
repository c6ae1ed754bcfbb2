package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The repos that apps name, each watched from the first time it is asked for, and the trees of
 * commits that the desired state pins, those of the config repo included. Thread-safe.
 */
public final class AppRepositories implements AppSources, PinnedTrees, AutoCloseable {
    private static final int LOOKS_AT_ONCE = 32;

    private final Path directory;
    private final Settings settings;
    private final JGitSource config;
    private final InstantSource clock;
    private final Runnable wake;
    private final Map<Key, WatchedSource> sources = new ConcurrentHashMap<>();

    /** Written to while copies are removed. */
    private final ReadWriteLock copies = new ReentrantReadWriteLock();

    /**
     * How repos are watched.
     *
     * @param directory for local copies; what is in its {@code apps} belongs to this object
     * @param interval least time between two looks at one repo; asked each time
     */
    public record Settings(
            Path directory,
            Credentials.Keyring keyring,
            Deadlines deadlines,
            Supplier<Duration> interval) {}

    /**
     * @param config where pins without a repo are opened; stays the caller's to close
     * @param wake called from any thread when some repo has news that a pass should read
     */
    public AppRepositories(
            Settings settings, JGitSource config, InstantSource clock, Runnable wake) {
        this.directory = settings.directory().resolve("apps");
        this.settings = settings;
        this.config = config;
        this.clock = clock;
        this.wake = wake;
    }

    /**
     * One branch or tag of one repo, whoever logs in: they share a local copy.
     *
     * @param repo the URL as it is shown
     * @param branch as {@link RefName} has it
     */
    private record Key(String repo, @Nullable String branch) {}

    /**
     * {@inheritDoc}
     *
     * <p>Looks at the remote at most once per interval, but at once when it is known to have
     * changed; between looks it repeats the last answer. A repo that failed at the last look gets
     * only a second of the caller's time.
     */
    @Override
    public SourceReading read(SourceRef source) {
        RepoUrl url;
        try {
            url = RepoUrl.parse(source.repo());
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return new SourceReading.Unavailable("spec.source.repo: " + e.getMessage());
        }
        String commit = source.commit();
        WatchedSource watched = current(url, source.ref());
        try {
            return commit == null ? watched.read() : watched.read(commit);
        } finally {
            watched.leave();
        }
    }

    @Override
    public void lookAhead(Collection<SourceRef> wanted) {
        List<Thread> looks = new ArrayList<>();
        Semaphore turns = new Semaphore(LOOKS_AT_ONCE);
        for (SourceRef source : Set.copyOf(wanted)) {
            looks.add(
                    Thread.ofVirtual()
                            .name("look at " + looks.size())
                            .start(() -> look(source, turns)));
        }
        try {
            for (Thread look : looks) {
                look.join();
            }
        } catch (InterruptedException e) {
            looks.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    private void look(SourceRef source, Semaphore turns) {
        try {
            turns.acquire();
            try {
                read(source);
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The source of a branch, entered; made anew when the login in its URL is another. */
    private WatchedSource current(RepoUrl url, @Nullable String branch) {
        return entered(
                url,
                branch,
                present -> {
                    if (present.url().equals(url)) {
                        return present;
                    }
                    present.close();
                    return watch(url, branch);
                });
    }

    /** The source of a branch, entered, whatever login it has. */
    private WatchedSource any(RepoUrl url, @Nullable String branch) {
        return entered(url, branch, present -> present);
    }

    /** Copies are removed when nobody has entered, and nobody enters while they are. */
    private WatchedSource entered(
            RepoUrl url, @Nullable String branch, UnaryOperator<WatchedSource> known) {
        copies.readLock().lock();
        try {
            return sources.compute(
                    new Key(url.shown(), branch),
                    (_, present) -> {
                        WatchedSource source =
                                present == null ? watch(url, branch) : known.apply(present);
                        source.enter();
                        return source;
                    });
        } finally {
            copies.readLock().unlock();
        }
    }

    private WatchedSource watch(RepoUrl url, @Nullable String branch) {
        return new WatchedSource(
                directory,
                new JGitSource.Origin(url, branch, settings.keyring().credentialsFor(url)),
                settings,
                clock,
                wake);
    }

    /** A server said that a repo changed: the next read looks at once. */
    public void lookAgain(RepoUrl url) {
        sources.forEach(
                (key, source) -> {
                    if (key.repo().equals(url.shown())) {
                        source.lookAgain();
                    }
                });
    }

    @Override
    public ConfigTree open(SourcePin pin) throws ReconcileException {
        String repo = pin.repo();
        if (repo == null) {
            return config.open(pin.revision());
        }
        RepoUrl url;
        try {
            url = RepoUrl.parse(repo);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new ReconcileException.Transient(
                    ReasonCode.SourceUnavailable, "spec.source.repo: " + e.getMessage());
        }
        String branch = pin.revision().branch();
        for (String candidate : Arrays.asList(branch, null)) {
            ConfigTree tree = isPresent(url, candidate) ? open(url, candidate, pin, false) : null;
            if (tree != null) {
                return tree;
            }
        }
        return Objects.requireNonNull(open(url, branch, pin, true));
    }

    /** {@code null} when it is not there, and is not to be fetched. */
    private @Nullable ConfigTree open(
            RepoUrl url, @Nullable String branch, SourcePin pin, boolean fetch)
            throws ReconcileException {
        WatchedSource watched = any(url, branch);
        try {
            JGitSource source = watched.source();
            return fetch || source.has(pin.revision()) ? source.open(pin.revision()) : null;
        } finally {
            watched.leave();
        }
    }

    /** After a restart a repo may be on disk before anyone asked for it. */
    private boolean isPresent(RepoUrl url, @Nullable String branch) {
        return sources.containsKey(new Key(url.shown(), branch))
                || Files.isDirectory(JGitSource.directory(directory, url, branch));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Also lets go of repos that are not pinned and that nobody reads, or has read lately. What
     * only a proposal names is read on another thread, and pinned by nobody.
     */
    @Override
    public void retain(Collection<SourcePin> inUse) {
        config.retainPins(commits(inUse.stream().filter(pin -> pin.repo() == null)));
        Map<Key, Set<String>> pinned =
                inUse.stream()
                        .filter(pin -> pin.repo() != null)
                        .collect(
                                Collectors.groupingBy(
                                        pin -> new Key(shown(pin.repo()), pin.revision().branch()),
                                        Collectors.mapping(
                                                pin -> pin.revision().commit(),
                                                Collectors.toSet())));
        copies.writeLock().lock();
        try {
            sources.forEach(
                    (key, source) -> {
                        Set<String> its = pinned(pinned, key);
                        if (its.isEmpty() && source.isIdle()) {
                            sources.remove(key);
                            source.close();
                        } else {
                            source.retainPins(its);
                        }
                    });
            removeDirectoriesBut(pinned.keySet());
        } finally {
            copies.writeLock().unlock();
        }
    }

    /** One that follows the remote's HEAD may have commits of any branch. */
    private static Set<String> pinned(Map<Key, Set<String>> pinned, Key key) {
        return pinned.entrySet().stream()
                .filter(pin -> pin.getKey().repo().equals(key.repo()))
                .filter(pin -> key.branch() == null || key.branch().equals(pin.getKey().branch()))
                .flatMap(pin -> pin.getValue().stream())
                .collect(Collectors.toSet());
    }

    private static Set<String> commits(Stream<SourcePin> pins) {
        return pins.map(pin -> pin.revision().commit()).collect(Collectors.toSet());
    }

    private static String shown(@Nullable String repo) {
        try {
            return RepoUrl.parse(String.valueOf(repo)).shown();
        } catch (RepoUrl.InvalidRepoUrlException e) {
            return "";
        }
    }

    /** Directories are named by repo and branch, so one that nobody asked for is found too. */
    private void removeDirectoriesBut(Set<Key> pinned) {
        Map<String, Set<String>> kept = new HashMap<>();
        Stream.concat(pinned.stream(), sources.keySet().stream())
                .forEach(
                        key -> {
                            Set<String> branches =
                                    kept.computeIfAbsent(
                                            RepoUrl.digest(key.repo()), _ -> new HashSet<>());
                            branches.add(JGitSource.name(null)); // may have what is pinned
                            branches.add(JGitSource.name(key.branch()));
                        });
        for (Path repo : children(directory)) {
            Set<String> branches = kept.get(String.valueOf(repo.getFileName()));
            if (branches == null) {
                StoreDirectory.delete(repo);
                continue;
            }
            for (Path copy : children(repo)) {
                String name = String.valueOf(copy.getFileName());
                if (branches.stream().noneMatch(name::startsWith)) { // with what is beside it
                    StoreDirectory.delete(copy);
                }
            }
        }
    }

    private static List<Path> children(Path of) {
        try (Stream<Path> present = Files.isDirectory(of) ? Files.list(of) : Stream.empty()) {
            return present.toList();
        } catch (IOException e) {
            System.getLogger(AppRepositories.class.getName())
                    .log(System.Logger.Level.WARNING, "can't list " + of, e);
            return List.of();
        }
    }

    @Override
    public void close() {
        sources.values().forEach(WatchedSource::close);
        sources.clear();
    }
}
