package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.LiveState;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.PlanPrinter;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.PassReport.ChangeReport;
import dev.berth.schemas.status.PassReport.Result;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pass tells of changes: those that it found ended, and its own. Pure. */
final class ChangeReports {
    private final PassInput pass;
    private final Commit now;
    private final Map<ResourceId, ResourceStatus> after;

    private ChangeReports(PassInput pass, Commit now, Map<ResourceId, ResourceStatus> after) {
        this.pass = pass;
        this.now = now;
        this.after = after;
    }

    /**
     * In plan order, those of earlier passes first.
     *
     * @param now the commit that the pass followed
     * @param resources their status after the pass
     */
    static List<ChangeReport> of(PassInput pass, Commit now, List<ResourceStatus> resources) {
        return new ChangeReports(
                        pass,
                        now,
                        resources.stream()
                                .collect(Collectors.toMap(ResourceStatus::id, Function.identity())))
                .all();
    }

    /** Each is told of the commit that it was begun for, or that what holds it up was. */
    private List<ChangeReport> all() {
        return Stream.concat(
                        pass.outcomes().earlier().stream()
                                .flatMap(
                                        work ->
                                                work.outcomes().stream()
                                                        .flatMap(ChangeReports::change)
                                                        .map(c -> c.begunFor(work.commit(), now))),
                        pass.outcomes().all().stream()
                                .flatMap(
                                        outcome ->
                                                change(outcome)
                                                        .map(
                                                                c ->
                                                                        c.begunFor(
                                                                                commit(outcome),
                                                                                now))))
                .toList();
    }

    private Commit commit(Outcome outcome) {
        if (!(outcome instanceof Outcome.Blocked(Change.Blocked blocked))
                || !failedBefore(blocked)) {
            return now;
        }
        ResourceStatus status = after.get(blocked.resource());
        return status == null || status.history().isEmpty()
                ? now
                : new Commit(
                        status.history().getFirst().revision(), status.history().getFirst().who());
    }

    private boolean failedBefore(Change.Blocked blocked) {
        return switch (pass.live()) {
            case Observation.Unknown _ -> false;
            case Observation.Known(LiveState live) -> {
                FailedAttempt failure = live.failures().get(blocked.resource());
                yield failure != null
                        && failure.reason() == blocked.code()
                        && failure.generation()
                                .equals(pass.plan().wantedOf(blocked.resource()).generation());
            }
        };
    }

    /** What is under way is reported by the pass that finds it ended. */
    private static Stream<ChangeReport> change(Outcome outcome) {
        Change change = outcome.change();
        return switch (outcome) {
            case Outcome.Done(_, var took) -> Stream.of(change(change, Result.Done, null, took));
            case Outcome.Failed(_, var took, var next, _, var message) ->
                    Stream.of(
                            change(
                                    change,
                                    next == Outcome.Next.WAIT ? Result.Waiting : Result.Failed,
                                    message,
                                    took));
            case Outcome.Skipped _ ->
                    Stream.of(change(change, Result.Skipped, null, Duration.ZERO));
            case Outcome.Blocked _ ->
                    Stream.of(change(change, Result.Blocked, null, Duration.ZERO));
            case Outcome.Underway _ -> Stream.empty();
        };
    }

    private static ChangeReport change(
            Change change, Result result, @Nullable String detail, Duration took) {
        return new ChangeReport(
                change.resource(),
                PlanPrinter.line(change),
                change.reasons().stream().map(Reason::text).toList(),
                result,
                detail,
                took);
    }
}
