package dev.berth.reconciler.source;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A source that is looked at no more often than wanted, and at once when it has news. */
final class WatchedSource implements AutoCloseable {
    private static final Duration PATIENCE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final AppRepositories.Settings settings;
    private final InstantSource clock;
    private final RepoUrl url;
    private final JGitSource source;
    private final AtomicBoolean news = new AtomicBoolean();
    private final AtomicBoolean used = new AtomicBoolean();
    private final @Nullable RefWatcher watcher;

    /** Guarded by this. */
    private @Nullable SourceReading last;

    /** Guarded by this. */
    private Instant due = Instant.MIN;

    WatchedSource(
            Path directory,
            JGitSource.Origin origin,
            AppRepositories.Settings settings,
            InstantSource clock,
            Runnable wake) {
        this.settings = settings;
        this.clock = clock;
        this.url = origin.url();
        Runnable tell =
                () -> {
                    lookAgain();
                    wake.run();
                };
        this.source = new JGitSource(directory, origin, settings.deadlines(), tell);
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
        used.set(true);
        return source;
    }

    void lookAgain() {
        news.set(true);
    }

    /** True when it was used since this was last asked. */
    boolean wasUsed() {
        return used.getAndSet(false);
    }

    synchronized SourceReading read() {
        used.set(true);
        boolean hasNews = news.getAndSet(false);
        Instant now = clock.instant();
        SourceReading known = last;
        if (known != null && !hasNews && now.isBefore(due)) {
            return known;
        }
        boolean failed = known != null && !(known instanceof SourceReading.Fresh) && !hasNews;
        SourceReading reading =
                source.latestVerified(
                        failed ? PATIENCE_AFTER_FAILURE : settings.deadlines().answer());
        last = reading;
        due = clock.instant().plus(settings.interval().get());
        return reading;
    }

    /**
     * One commit, which is or was where the ref stands.
     *
     * @param commit 40 hex
     */
    synchronized SourceReading read(String commit) {
        used.set(true);
        SourceReading here = source.here(commit);
        if (here != null) {
            return here;
        }
        SourceReading newest = read();
        here = source.here(commit);
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
