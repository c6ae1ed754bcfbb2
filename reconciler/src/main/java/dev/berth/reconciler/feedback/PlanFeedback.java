package dev.berth.reconciler.feedback;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Tells each open pull request of the config repo what it would change: in a comment, as the status
 * {@code berth/plan} of its commit, and line by line where that is wrong. Plans anew when the pull
 * request has another commit, or the followed commit is another. For one thread.
 */
final class PlanFeedback {
    private static final String CONTEXT = "berth/plan";
    private static final int MOST_LINES = 200;

    private final ForgeRepo repo;
    private final Function<Proposal, Forecast> foresight;

    /** What each pull request was last planned from. */
    private final Map<Integer, From> planned = new HashMap<>();

    /** What a plan was made from. */
    private record From(String commit, String followed) {}

    /**
     * @param repo the config repo
     * @param foresight says what would change
     */
    PlanFeedback(ForgeRepo repo, Function<Proposal, Forecast> foresight) {
        this.repo = repo;
        this.foresight = foresight;
    }

    /**
     * Says what is new.
     *
     * @param instance name of the Instance
     * @param followed the commit that is followed
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
        planned.keySet()
                .removeIf(number -> open.stream().noneMatch(pull -> pull.number() == number));
        for (OpenPull pull : open) {
            From from = new From(pull.commit(), followed);
            if (from.equals(planned.get(pull.number()))) {
                continue;
            }
            Forecast forecast =
                    foresight.apply(new Proposal(pull.ref(), !pull.fork(), pull.commit()));
            if (forecast.verdict() != Forecast.Verdict.UNKNOWN) {
                planned.put(pull.number(), from); // else it is tried again after the next pass
            }
            tell(instance, pull, forecast, links, want);
        }
    }

    private void tell(
            String instance,
            OpenPull pull,
            Forecast forecast,
            Links links,
            BiConsumer<String, Post> want) {
        want.accept(
                "%s#%d plan".formatted(repo, pull.number()),
                new Post.Comment(
                        repo, pull.number(), instance + "/plan", PlanMarkdown.of(forecast)));
        want.accept(
                "%s@%s %s".formatted(repo, pull.commit(), CONTEXT),
                new Post.Status(
                        repo,
                        pull.commit(),
                        new CommitStatus(
                                CONTEXT,
                                state(forecast.verdict()),
                                forecast.headline(),
                                pull.url() == null ? links.base() + "/" : pull.url())));
        List<Problem> own = mistakes(forecast);
        if (!own.isEmpty()) {
            want.accept(
                    "%s@%s %s lines".formatted(repo, pull.commit(), CONTEXT),
                    new Post.Lines(
                            repo,
                            pull.commit(),
                            new Check(
                                    CONTEXT + "/lines",
                                    false,
                                    forecast.headline(),
                                    "What is wrong stands beside its line.",
                                    own.stream()
                                            .limit(MOST_LINES)
                                            .map(PlanFeedback::annotation)
                                            .toList())));
        }
    }

    private static Check.Annotation annotation(Problem problem) {
        return new Check.Annotation(
                problem.location().file(),
                Math.max(1, problem.location().line()),
                Check.Level.FAILURE,
                problem.message());
    }

    private static List<Problem> mistakes(Forecast forecast) {
        return switch (forecast) {
            case Forecast.Planned planned -> planned.problems().own();
            case Forecast.Checked checked -> checked.problems().own();
            case Forecast.Unclear unclear -> unclear.problems().own();
            case Forecast.Unread _ -> List.of();
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
