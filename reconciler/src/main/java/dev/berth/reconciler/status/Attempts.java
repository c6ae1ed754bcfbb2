package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Ended;
import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Attempt;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was tried of a resource, newest first, and for which commit. Pure.
 *
 * @param attempted the commit that was tried last; {@code null} before the first
 * @param newest the last tries
 */
record Attempts(@Nullable String attempted, List<Attempt> newest) {
    /** How many are kept. */
    static final int MOST = 5;

    Attempts {
        newest = List.copyOf(newest);
    }

    /** As they were after the pass before. */
    static Attempts before(@Nullable ResourceStatus before) {
        return before == null
                ? new Attempts(null, List.of())
                : new Attempts(before.attemptedRevision(), before.history());
    }

    /** With what this pass tried, or found ended. */
    static Attempts after(PassView view, ResourceId id) {
        Attempts before = before(view.pass().before().get(id));
        if (view.pass().plan().unknown() != null || view.pass().leftAlone() != null) {
            return before;
        }
        Attempts known = before;
        for (Ended work : view.pass().outcomes().earlier(id)) {
            known = known.with(attempt(view, work.commit(), work.outcomes()));
        }
        Commit newest = new Commit(view.revision(), view.desired().revision().author());
        List<Outcome> now = view.pass().outcomes().planned(id);
        return known.attempting(view.revision(), view.pass().outcomes().of(id))
                .with(attempt(view, newest, now));
    }

    /** True when the newest began then. */
    boolean hasOneOf(Instant at) {
        return !newest.isEmpty() && newest.getFirst().at().equals(at);
    }

    /** The commit that a release served for last; {@code null} when that is too long ago. */
    @Nullable String revisionOf(String release) {
        return newest.stream()
                .filter(attempt -> attempt.outcome() == Attempt.Outcome.Succeeded)
                .filter(attempt -> release.equals(attempt.release()))
                .map(Attempt::revision)
                .findFirst()
                .orElse(null);
    }

    /** With one more. */
    Attempts with(@Nullable Attempt attempt) {
        if (attempt == null) {
            return this;
        }
        List<Attempt> all = new ArrayList<>(newest);
        boolean again = !all.isEmpty() && attempt.repeats(all.getFirst());
        all.addFirst(again ? attempt.after(all.removeFirst().times()) : attempt);
        return new Attempts(attempted, all.subList(0, Math.min(MOST, all.size())));
    }

    /** What is only held up is not tried; what has nothing to be done was. */
    private Attempts attempting(String revision, List<Outcome> outcomes) {
        boolean tried =
                outcomes.stream().noneMatch(Outcome.Blocked.class::isInstance)
                        || outcomes.stream().anyMatch(Attempts::begun);
        return tried ? new Attempts(revision, newest) : this;
    }

    private static boolean begun(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _, Outcome.Failed _, Outcome.Underway _ -> leads(outcome.change());
            case Outcome.Skipped _, Outcome.Blocked _ -> false;
        };
    }

    /** What came of one piece of work; {@code null} when it tried nothing, or goes on. */
    private static @Nullable Attempt attempt(PassView view, Commit commit, List<Outcome> outcomes) {
        Outcome first = outcomes.stream().filter(Attempts::begun).findFirst().orElse(null);
        if (first == null || outcomes.stream().anyMatch(Outcome.Underway.class::isInstance)) {
            return null;
        }
        Outcome.Failed failed =
                outcomes.stream()
                        .filter(Outcome.Failed.class::isInstance)
                        .map(Outcome.Failed.class::cast)
                        .findFirst()
                        .orElse(null);
        Duration took = outcomes.stream().map(Attempts::time).reduce(Duration.ZERO, Duration::plus);
        Instant at = view.now().minus(took);
        return new Attempt(
                commit.revision(),
                release(first.change()),
                at,
                took,
                commit.author(),
                first.change().reasons().getFirst().text(),
                outcome(first.change(), failed),
                failed == null ? null : headline(failed.message()),
                1);
    }

    private static Attempt.Outcome outcome(Change change, Outcome.@Nullable Failed failed) {
        if (failed == null) {
            return change.reasons().stream().anyMatch(Reason.WentBack.class::isInstance)
                    ? Attempt.Outcome.RolledBack
                    : Attempt.Outcome.Succeeded;
        }
        return failed.reason() == ReasonCode.Superseded
                ? Attempt.Outcome.Superseded
                : Attempt.Outcome.Failed;
    }

    static String headline(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static Duration time(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done(_, var took) -> took;
            case Outcome.Failed(_, var took, _, _, _) -> took;
            case Outcome.Skipped _, Outcome.Blocked _, Outcome.Underway _ -> Duration.ZERO;
        };
    }

    private static @Nullable String release(Change change) {
        return switch (change) {
            case Change.StartRelease start -> start.release().id();
            case Change.RunReleaseCommand run -> run.release();
            case Change.PublishSite _,
                    Change.StartRun _,
                    Change.StopRun _,
                    Change.RemoveRuns _,
                    Change.SwitchTraffic _,
                    Change.BelieveProxies _,
                    Change.RetireContainers _,
                    Change.StopForeign _,
                    Change.RemoveResource _,
                    Change.RemoveVolume _,
                    Change.Blocked _ ->
                    null;
        };
    }

    /** True for what makes the wanted generation serve; what stands in for it does not. */
    private static boolean leads(Change change) {
        return switch (change) {
            case Change.StartRelease _, Change.RunReleaseCommand _, Change.PublishSite _ ->
                    change.reasons().stream().noneMatch(Reason.KeepsServing.class::isInstance);
            case Change.StartRun _,
                    Change.StopRun _,
                    Change.RemoveRuns _,
                    Change.SwitchTraffic _,
                    Change.BelieveProxies _,
                    Change.RetireContainers _,
                    Change.StopForeign _,
                    Change.RemoveResource _,
                    Change.RemoveVolume _,
                    Change.Blocked _ ->
                    false;
        };
    }
}
