package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.trigger.Backoff;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says at forges what is wanted to be said, on a thread of its own: whoever wants something waits
 * for nothing, and a forge that does not answer is nobody else's business.
 *
 * <ol>
 *   <li>Of what is wanted under one key, only the newest is sent, and nothing that was taken last
 *       under it. So it may be wanted anew at each look.
 *   <li>What was not taken is tried again with growing pauses, and not before the forge wants it. A
 *       forge that can't be reached, or wants to be left alone, is asked for nothing else either.
 *   <li>What waits, and what was taken, lies on disk. A crash right after it was taken sends it
 *       again; one while something else is under way may lose it, until it is wanted again.
 *   <li>What nobody took for a day is given up.
 * </ol>
 *
 * <p>Thread-safe.
 */
public final class ForgeOutbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ForgeOutbox.class);

    /** What was not taken by then is given up, unless it is wanted anew. */
    static final Duration GIVE_UP = Duration.ofDays(1);

    private static final Duration NO_FORGE = Duration.ofMinutes(1);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration BREATH = Duration.ofMillis(20);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final PostFiles files;
    private final Function<ForgeRepo, @Nullable Forge> forges;
    private final Backoff backoff;
    private final Clockwork clock;
    private final Clockwork.Bell bell;
    private final Object lock = new Object();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>(); // guarded by lock
    private volatile Counts counts = new Counts(0, 0, 0, 0);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    // Owned by the thread.
    private Map<String, PostFiles.Sent> sent = new TreeMap<>();
    private final Map<String, Pause> hosts = new HashMap<>();
    private boolean diskFails;

    /**
     * How things stand.
     *
     * @param waiting posts that were not taken yet
     * @param sent those that were, since the start
     * @param failures tries that failed, since the start
     * @param givenUp posts that nobody took for a day, since the start
     */
    public record Counts(int waiting, long sent, long failures, long givenUp) {}

    /** A post that waits; changed by the thread alone. */
    private static final class Waiting {
        final Post post;
        final String hash;
        final Instant since;
        boolean kept;
        Pause pause = new Pause(null, 0);

        Waiting(Post post, Instant since, boolean kept) {
            this.post = post;
            this.hash = PostFiles.hash(post);
            this.since = since;
            this.kept = kept;
        }
    }

    /**
     * Why something is not tried now.
     *
     * @param failures in a row
     */
    private record Pause(@Nullable Deadline until, int failures) {
        boolean over(Clockwork clock) {
            return until == null || until.over(clock);
        }
    }

    private record Next(String key, Waiting waiting) {}

    /**
     * Makes an outbox that has not started.
     *
     * @param directory what outlives the process; made when it is missing
     * @param forges the forge of a repo; {@code null} when there is none, or none yet
     * @param backoff pauses after failures
     */
    public ForgeOutbox(
            Path directory,
            Function<ForgeRepo, @Nullable Forge> forges,
            Backoff backoff,
            Clockwork clock) {
        this.files = new PostFiles(directory.toAbsolutePath());
        this.forges = forges;
        this.backoff = backoff;
        this.clock = clock;
        this.bell = clock.bell();
    }

    /** Starts the thread. Once only. */
    public void start() {
        thread = clock.start("berth-forge-outbox", this::run);
    }

    /**
     * Leaves something to be said, in place of what waits under that key. Never blocks.
     *
     * @param key what it is about, such as {@code github.com/acme/shop#3 berth/preview/shop}
     */
    public void want(String key, Post post) {
        synchronized (lock) {
            Waiting before = waiting.get(key);
            if (before != null && before.post.equals(post)) {
                return;
            }
            waiting.put(key, new Waiting(post, clock.instant(), false));
        }
        bell.ring();
    }

    public Counts counts() {
        synchronized (lock) {
            Counts now = counts;
            return new Counts(waiting.size(), now.sent(), now.failures(), now.givenUp());
        }
    }

    /** Ends soon; what was not taken is sent after the next start. */
    @Override
    public void close() {
        closed = true;
        Thread started = thread;
        if (started == null) {
            return;
        }
        started.interrupt();
        try {
            started.join(STOP_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        takeUp();
        while (!closed) {
            try {
                keepNew();
                for (Next next = next(); next != null && !closed; next = next()) {
                    send(next);
                    keepNew();
                }
                var _ = bell.await(untilNext().plus(BREATH));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("a bug ended a look at what is to be said; the next one follows", e);
                pauseAfterBug();
            }
        }
    }

    private void pauseAfterBug() {
        try {
            clock.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** What an earlier process left; what is wanted by now counts more. */
    private void takeUp() {
        sent = files.sent();
        List<PostFiles.Kept> kept = files.waiting();
        synchronized (lock) {
            for (PostFiles.Kept one : kept) {
                Post post = one.post();
                if (post != null) {
                    waiting.putIfAbsent(one.key(), new Waiting(post, one.since(), true));
                }
            }
        }
    }

    private void keepNew() {
        List<Next> unkept = new ArrayList<>();
        synchronized (lock) {
            waiting.forEach(
                    (key, one) -> {
                        if (!one.kept && !isSent(key, one)) {
                            unkept.add(new Next(key, one));
                        }
                    });
        }
        try {
            for (Next one : unkept) {
                files.keep(PostFiles.Kept.of(one.key(), one.waiting().since, one.waiting().post));
                one.waiting().kept = true;
            }
            diskFails &= unkept.isEmpty();
        } catch (IOException e) {
            diskFails(e);
        }
    }

    private void diskFails(IOException e) {
        if (!diskFails) {
            LOG.warn("what is said at forges is not kept, as the disk fails: {}", e.toString());
        }
        diskFails = true;
    }

    private boolean isSent(String key, Waiting one) {
        PostFiles.Sent last = sent.get(key);
        return last != null && last.hash().equals(one.hash);
    }

    private @Nullable Next next() {
        synchronized (lock) {
            for (Map.Entry<String, Waiting> entry : waiting.entrySet()) {
                Waiting one = entry.getValue();
                if (isSent(entry.getKey(), one) || (one.pause.over(clock) && isOpen(one))) {
                    return new Next(entry.getKey(), one);
                }
            }
        }
        return null;
    }

    private boolean isOpen(Waiting one) {
        Pause pause = hosts.get(one.post.repo().host());
        return pause == null || pause.over(clock);
    }

    private Duration untilNext() {
        Duration least = LOOK_EVERY;
        synchronized (lock) {
            for (Waiting one : waiting.values()) {
                Duration own = left(one.pause);
                Duration hosts = left(this.hosts.get(one.post.repo().host()));
                Duration left = own.compareTo(hosts) > 0 ? own : hosts;
                least = left.compareTo(least) < 0 ? left : least;
            }
        }
        return least;
    }

    private Duration left(@Nullable Pause pause) {
        return pause == null || pause.until() == null ? Duration.ZERO : pause.until().left(clock);
    }

    private void send(Next next) {
        Waiting one = next.waiting();
        if (isSent(next.key(), one)) {
            remove(next);
            return;
        } else if (!one.since.plus(GIVE_UP).isAfter(clock.instant())) {
            LOG.warn("nobody took it for a day, so it is not said: {}", next.key());
            count(0, 0, 1);
            remove(next);
            return;
        }
        Forge forge = forges.apply(one.post.repo());
        if (forge == null) {
            one.pause = new Pause(Deadline.in(NO_FORGE, clock), one.pause.failures());
            return;
        }
        try {
            one.post.sendTo(forge);
            taken(next);
        } catch (ForgeException e) {
            if (!closed) {
                refused(next, e);
            }
        } catch (RuntimeException e) {
            LOG.error("a bug in what says {}", next.key(), e);
            refused(next, new ForgeException(ForgeException.Kind.REFUSED, "a bug, see the log"));
        }
    }

    private void taken(Next next) {
        hosts.remove(next.waiting().post.repo().host());
        sent.put(next.key(), new PostFiles.Sent(next.waiting().hash, clock.instant()));
        count(1, 0, 0);
        try {
            files.keep(sent);
        } catch (IOException e) {
            diskFails(e);
        }
        remove(next);
    }

    private void refused(Next next, ForgeException why) {
        Waiting one = next.waiting();
        int failures = one.pause.failures() + 1;
        if (failures == 1) {
            LOG.warn("{} was not said, trying on: {}", next.key(), why.getMessage());
        }
        count(0, 1, 0);
        one.pause = new Pause(Deadline.in(longer(backoff.delay(failures), why), clock), failures);
        switch (why.kind()) {
            case UNREACHABLE, LIMITED -> {
                String host = one.post.repo().host();
                Pause before = hosts.get(host);
                int inRow = before == null ? 1 : before.failures() + 1;
                Duration time = longer(backoff.delay(inRow), why);
                hosts.put(host, new Pause(Deadline.in(time, clock), inRow));
            }
            case REFUSED, NOT_FOUND, UNREADABLE -> {}
        }
    }

    private static Duration longer(Duration pause, ForgeException why) {
        Duration wanted = why.retryAfter();
        return wanted == null || wanted.compareTo(pause) < 0 ? pause : wanted;
    }

    /** Unless something newer has taken its place. */
    private void remove(Next next) {
        synchronized (lock) {
            if (!waiting.remove(next.key(), next.waiting())) {
                return;
            }
        }
        try {
            files.delete(next.key());
        } catch (IOException e) {
            LOG.warn("a post can't be deleted, a restart looks at it again: {}", e.toString());
        }
    }

    private void count(int taken, int failed, int givenUp) {
        Counts now = counts;
        counts =
                new Counts(0, now.sent() + taken, now.failures() + failed, now.givenUp() + givenUp);
    }
}
