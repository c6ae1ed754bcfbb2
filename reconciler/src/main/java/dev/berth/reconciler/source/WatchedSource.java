package dev.berth.reconciler.source;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A source that is looked at no more often than wanted, and at once when it has news. */
final class WatchedSource implements AutoCloseable {
    /** Trees that were read are worked with for so long; a forecast takes a minute or two. */
    private static final Duration KEPT = Duration.ofMinutes(5);

    private static final Duration PATIENCE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final AppRepositories.Settings settings;
    private final InstantSource clock;
    private final RepoUrl url;
    private final JGitSource source;
    private final AtomicBoolean news = new AtomicBoolean();
    private final AtomicInteger users = new AtomicInteger();
    private volatile Instant used;
    private final @Nullable RefWatcher watcher;

    /** Guarded by this. */
    private @Nullable SourceReading last;

    /** Guarded by this. */
    private Instant due = Instant.MIN;

    /** Commits that could not be had; guarded by this. */
    private final Map<String, Refused> refused = new HashMap<>();

    /** What came of the search for a commit, and until when that holds. */
    private record Refused(SourceReading reading, Instant until) {}

    WatchedSource(
            Path directory,
            JGitSource.Origin origin,
            AppRepositories.Settings settings,
            InstantSource clock,
            Runnable wake) {
        this.settings = settings;
        this.clock = clock;
        this.url = origin.url();
        this.used = clock.instant();
        Runnable tell =
                () -> {
                    lookAgain();
                    wake.run();
                };
        Runnable tellLate =
                () -> {
                    used = clock.instant(); // who did not wait for it comes again
                    tell.run();
                };
        this.source = new JGitSource(directory, origin, settings.deadlines(), tellLate);
        Path local = origin.url().localDirectory();
        this.watcher =
                local == null
                        ? null
                        : RefWatcher.start(local, origin.branch(), RefWatcher.EVERY, tell);
    }

    /** With the login it uses. */
    RepoUrl url() {
        return url;
    }

    void retainPins(Set<String> commits) {
        source.retainPins(commits);
    }

    JGitSource source() {
        return source;
    }

    void lookAgain() {
        news.set(true);
    }

    /** Somebody works with it until they {@link #leave}. */
    void enter() {
        users.incrementAndGet();
    }

    void leave() {
        used = clock.instant();
        users.decrementAndGet();
    }

    /** True when nobody works with it, nor with what was read of it lately. */
    boolean isIdle() {
        return users.get() == 0 && !source.isBusy() && !clock.instant().isBefore(used.plus(KEPT));
    }

    synchronized SourceReading read() {
        SourceReading known = last;
        return known != null && !isDue() ? known : look();
    }

    private boolean isDue() {
        return news.get() || !clock.instant().isBefore(due);
    }

    private SourceReading look() {
        SourceReading known = last;
        boolean hasNews = news.getAndSet(false);
        boolean failed = known != null && !(known instanceof SourceReading.Fresh) && !hasNews;
        SourceReading reading =
                source.latestVerified(
                        failed ? PATIENCE_AFTER_FAILURE : settings.deadlines().answer());
        last = reading;
        due = clock.instant().plus(settings.interval().get());
        if (hasNews) {
            refused.clear();
        }
        return reading;
    }

    /**
     * One commit, which is or was where the ref stands. Who names one has heard of it elsewhere, so
     * one that is not here is looked for at once; what came of that holds until the next look would
     * have been due anyway, or there is news.
     *
     * @param commit 40 hex
     */
    synchronized SourceReading read(String commit) {
        SourceReading here = source.here(commit);
        if (here != null) {
            refused.remove(commit);
            return here;
        }
        Refused before = refused.get(commit);
        if (before != null && !news.get() && clock.instant().isBefore(before.until())) {
            return before.reading();
        }
        SourceReading found = found(commit, look());
        refused.values().removeIf(one -> !clock.instant().isBefore(one.until()));
        if (!(found instanceof SourceReading.Fresh)) {
            refused.put(commit, new Refused(found, due));
        }
        return found;
    }

    private SourceReading found(String commit, SourceReading newest) {
        SourceReading here = source.here(commit);
        if (here != null) {
            return here;
        }
        return switch (newest) {
            case SourceReading.Fresh(Revision at, _) -> source.fetched(commit, at.branch());
            case SourceReading.Stale(_, _, Doubt doubt) ->
                    new SourceReading.Unavailable(doubt.cause());
            case SourceReading.Unavailable _ -> newest;
        };
    }

    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
        }
        source.close();
    }
}
