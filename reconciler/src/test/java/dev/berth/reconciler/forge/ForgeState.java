package dev.berth.reconciler.forge;

import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link ForgeDouble} has; repos are named {@code acme/shop}. Thread-safe. */
public final class ForgeState {
    /** Id of every repo that pull requests go to. */
    public static final long HERE = 1;

    /** Who Berth is, by its token. */
    public static final String US = "berth-bot";

    private final Map<String, SortedMap<Integer, Pull>> pulls = new TreeMap<>();
    private final List<Comment> comments = new ArrayList<>();
    private final List<Status> statuses = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<Labeling> labelings = new ArrayList<>();
    private final List<Push> pushes = new ArrayList<>();
    private final Map<String, String> roles = new HashMap<>();
    private final Map<String, String> renamed = new HashMap<>();
    private final Set<String> hidden = new TreeSet<>();
    private final Map<String, PublicKey> apps = new HashMap<>();
    private final SortedSet<String> appTokens = new TreeSet<>();
    private Map<String, String> granted = Map.of();
    private long lastId = 100;

    /** How a pull request stands. */
    public enum State {
        OPEN,
        CLOSED,
        MERGED
    }

    /**
     * A pull request.
     *
     * @param head commit; empty = none
     * @param from id of the repo it comes from; {@code null} = that is gone
     * @param byRef true when it was pushed to {@code refs/for/} by someone who may only read
     */
    public record Pull(
            int number,
            String title,
            String author,
            String head,
            String headBranch,
            String base,
            boolean draft,
            @Nullable Long from,
            boolean byRef,
            SortedSet<String> labels,
            State state,
            Instant updatedAt) {
        /** An open one of the repo's own, by ada. */
        public static Pull of(int number, String head) {
            return new Pull(
                    number,
                    "Change " + number,
                    "ada",
                    head,
                    "change-" + number,
                    "main",
                    false,
                    HERE,
                    false,
                    new TreeSet<>(),
                    State.OPEN,
                    Instant.parse("2026-11-22T10:00:00Z"));
        }

        /** The same from another repo; {@code null} = one that is gone. */
        public Pull from(@Nullable Long repo) {
            return new Pull(
                    number,
                    title,
                    author,
                    head,
                    headBranch,
                    base,
                    draft,
                    repo,
                    byRef,
                    labels,
                    state,
                    updatedAt);
        }

        public Pull pushedToRef() {
            return new Pull(
                    number,
                    title,
                    author,
                    head,
                    headBranch,
                    base,
                    draft,
                    from,
                    true,
                    labels,
                    state,
                    updatedAt);
        }

        public Pull asDraft() {
            return new Pull(
                    number,
                    title,
                    author,
                    head,
                    headBranch,
                    base,
                    true,
                    from,
                    byRef,
                    labels,
                    state,
                    updatedAt);
        }

        Pull at(String commit, Instant now) {
            return new Pull(
                    number,
                    title,
                    author,
                    commit,
                    headBranch,
                    base,
                    draft,
                    from,
                    byRef,
                    labels,
                    state,
                    now);
        }

        Pull labeled(SortedSet<String> all, Instant now) {
            return new Pull(
                    number,
                    title,
                    author,
                    head,
                    headBranch,
                    base,
                    draft,
                    from,
                    byRef,
                    all,
                    state,
                    now);
        }

        Pull in(State other, Instant now) {
            return new Pull(
                    number,
                    title,
                    author,
                    head,
                    headBranch,
                    base,
                    draft,
                    from,
                    byRef,
                    labels,
                    other,
                    now);
        }
    }

    /** A comment. */
    public record Comment(long id, String repo, int number, String author, String body) {}

    /** A status, as it was sent. */
    public record Status(
            String repo,
            String commit,
            String context,
            String state,
            String description,
            @Nullable String url) {}

    /** A check, with as many lines as it has by now. */
    public record Check(
            long id, String repo, String commit, String name, String conclusion, int lines) {}

    /** A head that was moved. */
    record Push(long id, String repo, int number, String commit, boolean forced, Instant at) {}

    /** A label that was given, or taken away. */
    record Labeling(
            long id, String repo, int number, String label, String by, boolean given, Instant at) {}

    /** Adds a pull request, or replaces the one of that number. */
    public synchronized void open(String repo, Pull pull) {
        pulls.computeIfAbsent(repo, _ -> new TreeMap<>()).put(pull.number(), pull);
    }

    /** Moves its head to a commit that comes after the one before. */
    public void push(String repo, int number, String commit) {
        push(repo, number, commit, false);
    }

    /** Moves its head anywhere. */
    public void forcePush(String repo, int number, String commit) {
        push(repo, number, commit, true);
    }

    private synchronized void push(String repo, int number, String commit, boolean forced) {
        change(repo, number, pull -> pull.at(commit, now()));
        pushes.add(new Push(++lastId, repo, number, commit, forced, eventTime()));
    }

    /** No two events are at the same time. */
    private Instant eventTime() {
        return now().plusMillis(lastId);
    }

    /** Closes it, or opens it again. */
    public void set(String repo, int number, State state) {
        change(repo, number, pull -> pull.in(state, now()));
    }

    /** Gives or takes away a label. */
    public synchronized void label(
            String repo, int number, String label, String by, boolean given) {
        change(
                repo,
                number,
                pull -> {
                    SortedSet<String> labels = new TreeSet<>(pull.labels());
                    var _ = given ? labels.add(label) : labels.remove(label);
                    return pull.labeled(labels, now());
                });
        labelings.add(new Labeling(++lastId, repo, number, label, by, given, eventTime()));
    }

    private synchronized void change(String repo, int number, UnaryOperator<Pull> how) {
        pulls.getOrDefault(repo, new TreeMap<>()).computeIfPresent(number, (_, p) -> how.apply(p));
    }

    /** {@code admin}, {@code write}, {@code read} or {@code none}, as who does not exist has. */
    public synchronized void role(String user, String role) {
        roles.put(user, role);
    }

    synchronized String role(String user) {
        return roles.getOrDefault(user, "none");
    }

    /** The old name leads to the new one. */
    public synchronized void rename(String repo, String to) {
        pulls.put(to, pulls.getOrDefault(repo, new TreeMap<>()));
        pulls.remove(repo);
        renamed.put(repo, to);
    }

    synchronized @Nullable String newName(String repo) {
        return renamed.get(repo);
    }

    /**
     * Says of it that there is no such thing, and has it listed no more; it is there all the same.
     */
    public synchronized void hide(String repo, int number) {
        hidden.add(repo + "#" + number);
    }

    synchronized List<Pull> open(String repo) {
        return all(repo).stream().filter(p -> p.state() == State.OPEN).toList();
    }

    synchronized List<Pull> all(String repo) {
        return pulls.getOrDefault(repo, new TreeMap<>()).values().stream()
                .filter(p -> !hidden.contains(repo + "#" + p.number()))
                .toList();
    }

    synchronized boolean has(String repo) {
        return pulls.containsKey(repo);
    }

    /** Writes a comment. */
    public synchronized Comment comment(String repo, int number, String author, String body) {
        Comment made = new Comment(++lastId, repo, number, author, body);
        comments.add(made);
        return made;
    }

    synchronized @Nullable Comment edit(long id, String body) {
        for (int i = 0; i < comments.size(); i++) {
            Comment old = comments.get(i);
            if (old.id() == id) {
                Comment made = new Comment(id, old.repo(), old.number(), old.author(), body);
                comments.set(i, made);
                return made;
            }
        }
        return null;
    }

    /** The comments of a pull request, the oldest first. */
    public synchronized List<Comment> comments(String repo, int number) {
        return comments.stream()
                .filter(c -> c.repo().equals(repo) && c.number() == number)
                .toList();
    }

    synchronized void add(Status status) {
        statuses.add(status);
    }

    /** All statuses that were sent, the oldest first. */
    public synchronized List<Status> statuses() {
        return List.copyOf(statuses);
    }

    synchronized Check add(String repo, String commit, String name, String conclusion, int lines) {
        Check made = new Check(++lastId, repo, commit, name, conclusion, lines);
        checks.add(made);
        return made;
    }

    synchronized Check lengthen(long id, int lines) {
        Check old = checks.stream().filter(c -> c.id() == id).findFirst().orElseThrow();
        Check made =
                new Check(
                        id,
                        old.repo(),
                        old.commit(),
                        old.name(),
                        old.conclusion(),
                        old.lines() + lines);
        checks.set(checks.indexOf(old), made);
        return made;
    }

    /** All checks. */
    public synchronized List<Check> checks() {
        return List.copyOf(checks);
    }

    /** The oldest first. */
    synchronized List<Push> pushes(String repo, int number) {
        return pushes.stream().filter(p -> p.repo().equals(repo) && p.number() == number).toList();
    }

    /** The oldest first. */
    synchronized List<Labeling> labelings(String repo, int number) {
        return labelings.stream()
                .filter(l -> l.repo().equals(repo) && l.number() == number)
                .toList();
    }

    /** Registers an app, installed everywhere. */
    public synchronized void app(String id, PublicKey key, Map<String, String> permissions) {
        apps.put(id, key);
        granted = Map.copyOf(permissions);
    }

    synchronized @Nullable PublicKey key(String app) {
        return apps.get(app);
    }

    synchronized Map<String, String> granted() {
        return granted;
    }

    synchronized String giveToken() {
        String token = "ghs_app" + ++lastId;
        appTokens.add(token);
        return token;
    }

    /** Takes back all tokens that apps were given. */
    public synchronized void revoke() {
        appTokens.clear();
    }

    synchronized boolean isAppToken(String token) {
        return appTokens.contains(token);
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }
}
