package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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
    private final PostQueue queue;
    private volatile Set<String> said = Set.of();
    private volatile Map<String, Post.Status> pending = Map.of();
    private volatile Counts counts = new Counts(0, 0, 0, 0);
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    // Owned by the thread.
    private Map<String, PostFiles.Sent> sent = new TreeMap<>();
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
        this.queue = new PostQueue(clock);
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
        if (queue.put(key, post)) {
            bell.ring();
        }
    }

    /**
     * Keys of what was taken, also by earlier processes, as far as that is kept; of what they left
     * untaken, too. Empty right after the start. Any thread.
     */
    public Set<String> said() {
        return said;
    }

    /**
     * The statuses that say that something is under way, by key: as they were taken last, also by
     * earlier processes, or are wanted now. Whoever ends what they speak of says so in their place.
     * Empty right after the start. Any thread.
     */
    public Map<String, Post.Status> pending() {
        Map<String, Post.Status> all = new TreeMap<>();
        Map<String, Post> wanted = queue.posts(); // before what it may become
        all.putAll(pending);
        wanted.forEach(
                (key, post) -> {
                    Post.Status status = post.pending();
                    if (status == null) {
                        all.remove(key);
                    } else {
                        all.put(key, status);
                    }
                });
        return all;
    }

    /** Why what waits was not taken, by repo, as {@code github.com/acme/shop}. Any thread. */
    public SortedMap<String, String> faults() {
        return queue.faults();
    }

    public Counts counts() {
        Counts now = counts;
        return new Counts(queue.size(), now.sent(), now.failures(), now.givenUp());
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
                PostQueue.Waiting next = queue.next(this::isSent);
                while (next != null && !closed) {
                    send(next);
                    keepNew();
                    next = queue.next(this::isSent);
                }
                var _ = bell.await(queue.untilNext(LOOK_EVERY).plus(BREATH));
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
        pending = pendingSent();
        Set<String> keys = new HashSet<>(sent.keySet());
        for (PostFiles.Kept one : files.waiting()) {
            Post post = one.post();
            if (post != null) {
                queue.restore(one.key(), post, one.since());
                keys.add(one.key());
            }
        }
        said = Set.copyOf(keys);
    }

    private Map<String, Post.Status> pendingSent() {
        Map<String, Post.Status> found = new TreeMap<>();
        sent.forEach(
                (key, one) -> {
                    if (one.pending() != null) {
                        found.put(key, one.pending());
                    }
                });
        return Map.copyOf(found);
    }

    private void keepNew() {
        try {
            for (PostQueue.Waiting one : queue.unkept()) {
                if (!isSent(one)) {
                    files.keep(PostFiles.Kept.of(one.key, one.since, one.post));
                    one.kept = true;
                    diskFails = false;
                }
            }
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

    private boolean isSent(PostQueue.Waiting one) {
        PostFiles.Sent last = sent.get(one.key);
        return last != null && last.hash().equals(one.hash);
    }

    private void send(PostQueue.Waiting one) {
        if (isSent(one)) {
            remove(one);
            return;
        } else if (!one.since.plus(GIVE_UP).isAfter(clock.instant())) {
            LOG.warn("nobody took it for a day, so it is not said: {}", one.key);
            count(0, 0, 1);
            remove(one);
            return;
        }
        Forge forge = forges.apply(one.post.repo());
        if (forge == null) {
            one.fault = null;
            one.pause = one.pause.lasting(NO_FORGE, clock);
            return;
        }
        try {
            one.post.sendTo(forge);
            taken(one);
        } catch (ForgeException e) {
            if (!closed) {
                refused(one, e);
            }
        } catch (RuntimeException e) {
            LOG.error("a bug in what says {}", one.key, e);
            refused(one, new ForgeException(ForgeException.Kind.REFUSED, "a bug, see the log"));
        }
    }

    private void taken(PostQueue.Waiting one) {
        queue.open(one.host());
        Post.Status status = one.post.pending();
        PostFiles.Sent before =
                sent.put(one.key, new PostFiles.Sent(one.hash, clock.instant(), status));
        count(1, 0, 0);
        try {
            files.keep(sent);
        } catch (IOException e) {
            diskFails(e);
        }
        if (!said.contains(one.key)) { // it is known by then also after a restart
            Set<String> keys = new HashSet<>(said);
            keys.add(one.key);
            said = Set.copyOf(keys);
        }
        if (status != null || (before != null && before.pending() != null)) {
            pending = pendingSent();
        }
        remove(one);
    }

    private void refused(PostQueue.Waiting one, ForgeException why) {
        if (one.pause.failures() == 0) {
            LOG.warn("{} was not said, trying on: {}", one.key, why.getMessage());
        }
        count(0, 1, 0);
        one.fault = why.getMessage();
        one.pause = one.pause.longer(why, backoff, clock);
        switch (why.kind()) {
            case UNREACHABLE, LIMITED ->
                    queue.pause(one.host(), queue.host(one.host()).longer(why, backoff, clock));
            case REFUSED, NOT_FOUND, UNREADABLE -> queue.open(one.host());
        }
    }

    /** Unless something newer has taken its place, whose file it is then. */
    private void remove(PostQueue.Waiting one) {
        if (!queue.remove(one)) {
            return;
        }
        try {
            files.delete(one.key);
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
