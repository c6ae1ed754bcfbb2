package dev.berth.reconciler.feedback;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.PlanMarkdown;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.forge.Check;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.preview.OpenPull;
import dev.berth.reconciler.preview.RepoPulls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each open pull request of the config repo what it would change: in a comment, as the status
 * {@code berth/plan} of its commit, and line by line where that is wrong.
 *
 * <ol>
 *   <li>It plans anew when the pull request has another commit or another base, or the followed
 *       commit is another; and with growing pauses while nothing can be said.
 *   <li>Those that were never planned come first, then those that failed least. A fault in one
 *       keeps none of the others; one of the repo ends the round.
 *   <li>What can't be told for now does not take the place of what was told of the same commit.
 *   <li>What is merged, or closed, keeps its last plan. No commit stays one that is being planned
 *       once nobody plans it any more.
 * </ol>
 *
 * <p>For one thread.
 */
final class PlanFeedback {
    private static final Logger LOG = LoggerFactory.getLogger(PlanFeedback.class);
    private static final String CONTEXT = "berth/plan";
    private static final int MOST_LINES = 200;
    private static final String ABANDONED =
            "not planned: a newer commit has come, or the pull request is closed";

    /** By then a forge has said that it is merged, if it is. */
    private static final int LOOKS_BEFORE_BELIEVED = 3;

    private static final Pattern PULL =
            Pattern.compile("refs/(?:pull|merge-requests)/([1-9][0-9]*)/head");

    private final ForgeRepo repo;
    private final Planning planning;
    private final Said said;
    private final Backoff backoff;
    private final Clockwork clock;
    private final Map<Integer, Standing> standings = new HashMap<>();

    /** Keys of what was said since the start; more than the outbox may have taken yet. */
    private final Set<String> saidNow = new HashSet<>();

    private int failures;
    private @Nullable Deadline pause;

    /**
     * How plans are made.
     *
     * @param foresight says what would change
     * @param lookAgain has somebody look where the pull requests stand
     */
    record Planning(Function<Proposal, Forecast> foresight, Runnable lookAgain) {}

    /**
     * What was said, also by earlier processes. Any thread.
     *
     * @param keys of all
     * @param pending statuses that say that something is under way, by key
     */
    record Said(Supplier<Set<String>> keys, Supplier<Map<String, Post.Status>> pending) {}

    /** What a plan was made from. */
    private record From(String commit, String followed, String base) {}

    /** How it stands with a pull request. */
    private static final class Standing {
        private @Nullable From from;
        private boolean settled;
        private boolean unknown;
        private int failures;
        private @Nullable Deadline again;
    }

    /**
     * @param repo the config repo
     * @param backoff pauses after failures
     */
    PlanFeedback(ForgeRepo repo, Planning planning, Said said, Backoff backoff, Clockwork clock) {
        this.repo = repo;
        this.planning = planning;
        this.said = said;
        this.backoff = backoff;
        this.clock = clock;
    }

    /**
     * Says what is new.
     *
     * @param instance name of the Instance
     * @param followed what is followed, {@code main@sha1:…}
     */
    void say(
            String instance,
            String followed,
            RepoPulls pulls,
            Links links,
            BiConsumer<String, Post> want) {
        if (!(pulls instanceof RepoPulls.Known(List<OpenPull> open, _))) {
            return;
        }
        standings
                .keySet()
                .removeIf(number -> open.stream().noneMatch(pull -> pull.number() == number));
        endAbandoned(open, want);
        if (pause != null && !pause.over(clock)) {
            return;
        }
        Round round =
                new Round(
                        instance,
                        followed,
                        links,
                        (key, post) -> {
                            saidNow.add(key);
                            want.accept(key, post);
                        });
        List<OpenPull> due =
                open.stream()
                        .filter(pull -> isDue(pull, followed))
                        .sorted(
                                Comparator.comparingInt(this::tries)
                                        .thenComparingInt(OpenPull::number))
                        .toList();
        for (OpenPull pull : due) {
            if (Thread.currentThread().isInterrupted() || !round.take(pull)) {
                return;
            }
        }
    }

    /** A commit that is the newest of none any more is not planned again. */
    private void endAbandoned(List<OpenPull> open, BiConsumer<String, Post> want) {
        Set<String> heads = open.stream().map(OpenPull::commit).collect(Collectors.toSet());
        said.pending()
                .get()
                .forEach(
                        (key, status) -> {
                            if (status.repo().equals(repo)
                                    && status.status().context().equals(CONTEXT)
                                    && !heads.contains(status.commit())) {
                                want.accept(key, status.ended(ABANDONED));
                            }
                        });
    }

    private boolean isDue(OpenPull pull, String followed) {
        Standing standing = standings.get(pull.number());
        return !pull.commit().isEmpty()
                && (standing == null
                        || !from(pull, followed).equals(standing.from)
                        || (!standing.settled
                                && standing.again != null
                                && standing.again.over(clock)));
    }

    private int tries(OpenPull pull) {
        Standing standing = standings.get(pull.number());
        return standing == null ? 0 : 1 + standing.failures;
    }

    private static From from(OpenPull pull, String followed) {
        return new From(pull.commit(), followed, pull.base());
    }

    private boolean isSaid(String key) {
        return saidNow.contains(key) || said.keys().get().contains(key);
    }

    private boolean isPending(OpenPull pull) {
        return said.pending().get().containsKey(statusKey(pull));
    }

    private String commentKey(OpenPull pull) {
        return "%s#%d plan".formatted(repo, pull.number());
    }

    private String statusKey(OpenPull pull) {
        return "%s@%s %s".formatted(repo, pull.commit(), CONTEXT);
    }

    private String linesKey(OpenPull pull) {
        return statusKey(pull) + " lines";
    }

    /** As people name it, so that the comment says what they can type. */
    private static String name(OpenPull pull) {
        Matcher number = PULL.matcher(pull.ref());
        return number.matches() ? "pull/" + number.group(1) : pull.ref();
    }

    /** One look at those that are due. */
    private final class Round {
        private final String instance;
        private final String followed;
        private final Links links;
        private final BiConsumer<String, Post> want;

        Round(String instance, String followed, Links links, BiConsumer<String, Post> want) {
            this.instance = instance;
            this.followed = followed;
            this.links = links;
            this.want = want;
        }

        /** False when no other can be planned either. */
        boolean take(OpenPull pull) {
            Standing standing = standings.computeIfAbsent(pull.number(), _ -> new Standing());
            From from = from(pull, followed);
            if (standing.from == null || !standing.from.commit().equals(pull.commit())) {
                standing.failures = 0;
                standing.unknown = false;
            }
            standing.from = from;
            standing.settled = false;
            String branch = followed.substring(0, Math.max(0, followed.lastIndexOf('@')));
            if (!pull.base().isEmpty() && !branch.isEmpty() && !pull.base().equals(branch)) {
                withdraw(pull, branch);
                standing.settled = true;
                return true;
            }
            try {
                return take(pull, standing);
            } catch (RuntimeException | StackOverflowError e) { // what strangers write may find one
                LOG.error("a bug kept pull request {} of {} from its plan", pull.number(), repo, e);
                failed(standing);
                say(
                        pull,
                        standing,
                        new Forecast.Unread(
                                name(pull),
                                "a bug in Berth kept it from being planned; its log says more",
                                Forecast.Unread.Whose.COMMIT));
                return true;
            }
        }

        private boolean take(OpenPull pull, Standing standing) {
            boolean first = !isSaid(statusKey(pull));
            if (first) {
                standing.unknown = true; // what is said next counts more than that it is looked at
                status(pull, CommitStatus.State.PENDING, "is being planned");
            }
            Forecast forecast =
                    planning.foresight()
                            .apply(new Proposal(name(pull), !pull.fork(), pull.commit()));
            if (Thread.currentThread().isInterrupted()) {
                return false; // it was broken off
            }
            if (forecast instanceof Forecast.Unread(_, _, Forecast.Unread.Whose whose)
                    && whose == Forecast.Unread.Whose.REPO) {
                failed(standing);
                say(pull, standing, forecast);
                failures++;
                pause = Deadline.in(backoff.delay(failures), clock);
                return false;
            }
            failures = 0;
            pause = null;
            if (forecast instanceof Forecast.Moved(var name, _, var found)) {
                failed(standing);
                if (isPending(pull) && standing.failures >= LOOKS_BEFORE_BELIEVED) {
                    status(
                            pull,
                            CommitStatus.State.ERROR,
                            "not planned: %s is at commit %.12s".formatted(name, found));
                }
                planning.lookAgain().run();
                return true;
            }
            switch (had(forecast)) {
                case COMMIT -> {
                    standing.settled = true;
                    if (first || isPending(pull)) {
                        status(pull, CommitStatus.State.SUCCESS, "what is followed has it already");
                    }
                    return true;
                }
                case FILES -> {
                    if (isSaid(commentKey(pull)) && standing.failures < LOOKS_BEFORE_BELIEVED) {
                        failed(standing);
                        return true;
                    }
                }
                case NOT -> {}
            }
            if (forecast.verdict() == Forecast.Verdict.UNKNOWN) {
                failed(standing);
            } else {
                standing.settled = true;
                standing.failures = 0;
            }
            say(pull, standing, forecast);
            return true;
        }

        private void failed(Standing standing) {
            standing.failures++;
            standing.again = Deadline.in(backoff.delay(standing.failures), clock);
        }

        private void say(OpenPull pull, Standing standing, Forecast forecast) {
            boolean nothing =
                    switch (forecast) {
                        case Forecast.Unread _, Forecast.Moved _ -> true;
                        case Forecast.Unclear unclear ->
                                unclear.verdict() == Forecast.Verdict.UNKNOWN;
                        case Forecast.Planned _, Forecast.Checked _ -> false;
                    };
            if (nothing && !standing.unknown && isSaid(statusKey(pull)) && !isPending(pull)) {
                return;
            }
            standing.unknown = nothing;
            want.accept(
                    commentKey(pull),
                    new Post.Comment(
                            repo, pull.number(), instance + "/plan", PlanMarkdown.of(forecast)));
            status(pull, state(forecast.verdict()), forecast.headline());
            tellLines(pull, forecast);
        }

        private void status(OpenPull pull, CommitStatus.State state, String words) {
            want.accept(
                    statusKey(pull),
                    new Post.Status(
                            repo,
                            pull.commit(),
                            new CommitStatus(
                                    CONTEXT,
                                    state,
                                    words,
                                    pull.url() == null ? links.home() : pull.url())));
        }

        private void tellLines(OpenPull pull, Forecast forecast) {
            Forecast.Mistakes mistakes = mistakes(forecast);
            boolean wrong = mistakes != null && !mistakes.own().isEmpty();
            if (!wrong && !isSaid(linesKey(pull))) {
                return;
            }
            want.accept(
                    linesKey(pull),
                    new Post.Lines(
                            repo,
                            pull.commit(),
                            new Check(
                                    CONTEXT + "/lines",
                                    !wrong,
                                    forecast.headline(),
                                    wrong
                                            ? "What is wrong stands beside its line."
                                            : "Nothing of it is wrong any more.",
                                    mistakes == null ? List.of() : annotations(mistakes))));
        }

        /** Nothing is said where nothing was. */
        private void withdraw(OpenPull pull, String branch) {
            if (isSaid(commentKey(pull))) {
                want.accept(
                        commentKey(pull),
                        new Post.Comment(
                                repo,
                                pull.number(),
                                instance + "/plan",
                                PlanMarkdown.notFollowed(pull.base(), branch)));
            }
            if (isSaid(statusKey(pull))) {
                status(
                        pull,
                        CommitStatus.State.SUCCESS,
                        "changes nothing that is followed: it is to be merged into " + pull.base());
            }
        }
    }

    private static List<Check.Annotation> annotations(Forecast.Mistakes mistakes) {
        List<Check.Annotation> annotations = new ArrayList<>();
        for (Problem problem : mistakes.own()) {
            Integer line = mistakes.line(problem);
            if (line != null && annotations.size() < MOST_LINES) {
                annotations.add(annotation(problem, line));
            }
        }
        return annotations;
    }

    /**
     * What is shown beside a line.
     *
     * @param line 0 = can't be told
     */
    private static Check.Annotation annotation(Problem problem, int line) {
        return new Check.Annotation(
                problem.location().file(),
                Math.max(1, line),
                Check.Level.FAILURE,
                "%s%s%s [%s]"
                        .formatted(
                                line > 0
                                        ? ""
                                        : "line %d once merged: "
                                                .formatted(problem.location().line()),
                                problem.path().isEmpty() ? "" : problem.path() + ": ",
                                problem.message(),
                                problem.code().text()));
    }

    private static Forecast.@Nullable Mistakes mistakes(Forecast forecast) {
        return switch (forecast) {
            case Forecast.Planned planned -> planned.problems();
            case Forecast.Checked checked -> checked.problems();
            case Forecast.Unclear unclear -> unclear.problems();
            case Forecast.Unread _, Forecast.Moved _ -> null;
        };
    }

    private static Forecast.Had had(Forecast forecast) {
        return switch (forecast) {
            case Forecast.Planned planned -> planned.subject().had();
            case Forecast.Checked checked -> checked.subject().had();
            case Forecast.Unclear unclear -> unclear.subject().had();
            case Forecast.Unread _, Forecast.Moved _ -> Forecast.Had.NOT;
        };
    }

    private static CommitStatus.State state(Forecast.Verdict verdict) {
        return switch (verdict) {
            case GOOD -> CommitStatus.State.SUCCESS;
            case BAD -> CommitStatus.State.FAILURE;
            case UNKNOWN -> CommitStatus.State.ERROR;
        };
    }
}
