package dev.berth.reconciler.forge;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Posts that wait, by key, in the order in which they were wanted; and forges that none is sent to
 * for a while. Thread-safe; what is written down of posts and pauses is for one thread.
 */
final class PostQueue {
    private final Clockwork clock;
    private final Object lock = new Object();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>(); // guarded by lock
    private final Map<String, Pause> hosts = new ConcurrentHashMap<>();

    PostQueue(Clockwork clock) {
        this.clock = clock;
    }

    /** A post that waits. */
    static final class Waiting {
        final String key;
        final Post post;
        final String hash;
        final Instant since;
        boolean kept; // this and the next: of the thread that sends
        Pause pause = Pause.NONE;

        /** Why it was not taken the last time; {@code null} = it was not tried, or can't be. */
        volatile @Nullable String fault;

        Waiting(String key, Post post, Instant since, boolean kept) {
            this.key = key;
            this.post = post;
            this.hash = PostFiles.hash(post);
            this.since = since;
            this.kept = kept;
        }

        String host() {
            return post.repo().host();
        }
    }

    /** Adds one in place of another with its key, unless that says the same. */
    boolean put(String key, Post post) {
        synchronized (lock) {
            Waiting before = waiting.get(key);
            if (before != null && before.post.equals(post)) {
                return false;
            }
            waiting.put(key, new Waiting(key, post, clock.instant(), false));
            return true;
        }
    }

    /** Adds what was written down, unless something with its key is wanted by now. */
    void restore(String key, Post post, Instant since) {
        synchronized (lock) {
            waiting.putIfAbsent(key, new Waiting(key, post, since, true));
        }
    }

    /** False when something newer has taken its place. */
    boolean remove(Waiting one) {
        synchronized (lock) {
            return waiting.remove(one.key, one);
        }
    }

    int size() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** What waits, by key. */
    Map<String, Post> posts() {
        Map<String, Post> posts = new LinkedHashMap<>();
        all().forEach(one -> posts.put(one.key, one.post));
        return posts;
    }

    /** Why what waits was not taken, by repo. */
    SortedMap<String, String> faults() {
        SortedMap<String, String> faults = new TreeMap<>();
        for (Waiting one : all()) {
            String fault = one.fault;
            if (fault != null) {
                faults.put(one.post.repo().toString(), fault);
            }
        }
        return faults;
    }

    private List<Waiting> all() {
        synchronized (lock) {
            return new ArrayList<>(waiting.values());
        }
    }

    /** Those that are not written down. */
    List<Waiting> unkept() {
        return all().stream().filter(one -> !one.kept).toList();
    }

    /**
     * One to be looked at now; {@code null} = none.
     *
     * @param done nothing has to be sent for those
     */
    @Nullable Waiting next(Predicate<Waiting> done) {
        return all().stream()
                .filter(one -> done.test(one) || left(one).isZero())
                .findFirst()
                .orElse(null);
    }

    /** Time until there is one; that much when there is none sooner. */
    Duration untilNext(Duration most) {
        return all().stream().map(this::left).reduce(most, (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    private Duration left(Waiting one) {
        Duration own = one.pause.left(clock);
        Duration its = hosts.getOrDefault(one.host(), Pause.NONE).left(clock);
        return own.compareTo(its) > 0 ? own : its;
    }

    /** How often in a row a forge did not answer, and until when nothing is sent there. */
    Pause host(String host) {
        return hosts.getOrDefault(host, Pause.NONE);
    }

    void pause(String host, Pause pause) {
        hosts.put(host, pause);
    }

    /** It has answered. */
    void open(String host) {
        hosts.remove(host);
    }
}
