package dev.berth.reconciler.status;

import dev.berth.reconciler.converge.Outcome;
import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one resource, Ready first; each begins when {@linkplain Condition#after it did
 * before}. Pure.
 *
 * @param before its status after the pass before; {@code null} when there was none
 * @param generation of its spec, which they speak of; empty for what has none
 * @param now the time of those that change
 */
record Conditions(@Nullable ResourceStatus before, String generation, Instant now) {

    /** One of them. */
    Condition condition(ConditionType type, Status status, ReasonCode reason, String message) {
        return new Condition(type, status, reason, message, generation, now)
                .after(before == null ? null : before.condition(type));
    }

    /** Ready, or why not. */
    Condition ready(Status status, ReasonCode reason, String message) {
        return condition(ConditionType.Ready, status, reason, message);
    }

    /** Ready, with nothing to say. */
    Condition serves() {
        return ready(Status.True, ReasonCode.Succeeded, "serves what is declared");
    }

    /**
     * After what was tried, the first that did not work counts.
     *
     * @param otherwise Ready when all of it worked
     */
    List<Condition> after(List<Outcome> outcomes, Condition otherwise) {
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Outcome.Failed failed -> {
                    Condition kept = failed.reason() == ReasonCode.Superseded ? wasReady() : null;
                    return kept == null
                            ? failure(
                                    failed.reason(),
                                    failed.message(),
                                    failed.next() == Outcome.Next.STALL)
                            : putOff(kept, failed.message());
                }
                case Outcome.Blocked(var blocked) -> {
                    return failure(
                            blocked.code(), blocked.reasons().getLast().text(), blocked.byPerson());
                }
                case Outcome.Underway underway -> {
                    return progressing(underway, outcomes, otherwise);
                }
                case Outcome.Done _, Outcome.Skipped _ -> {}
            }
        }
        return List.of(otherwise);
    }

    /** What served before goes on serving while another generation is made; a repair is needed. */
    private List<Condition> progressing(
            Outcome.Underway underway, List<Outcome> outcomes, Condition otherwise) {
        String message = underway.phase();
        Condition kept = wasReady();
        Condition ready =
                outcomes.stream().allMatch(o -> afterwards(o.change()))
                        ? otherwise
                        : kept == null || !otherGeneration(kept) || takesAway(outcomes)
                                ? ready(Status.False, ReasonCode.Progressing, message)
                                : kept;
        return List.of(
                ready,
                condition(ConditionType.Reconciling, Status.True, ReasonCode.Progressing, message));
    }

    private boolean otherGeneration(Condition kept) {
        return generation.isEmpty() || !kept.observedGeneration().equals(generation);
    }

    /** True for what is done once the declared state serves. */
    private static boolean afterwards(Change change) {
        return switch (change) {
            case Change.RetireContainers retire -> !retire.keep();
            case Change.SwitchTraffic point -> point.to() instanceof Change.ToSleep;
            case Change.RemoveRuns _, Change.RemoveVolume _, Change.StopForeign _ -> true;
            case Change.StartRelease _,
                    Change.RunReleaseCommand _,
                    Change.StartRun _,
                    Change.StopRun _,
                    Change.PublishSite _,
                    Change.BelieveProxies _,
                    Change.RemoveResource _,
                    Change.Blocked _ ->
                    false;
        };
    }

    private static boolean takesAway(List<Outcome> outcomes) {
        return outcomes.stream()
                .map(Outcome::change)
                .anyMatch(
                        change ->
                                change instanceof Change.RemoveResource
                                        || (change instanceof Change.RetireContainers retire
                                                && retire.keep())
                                        || (change instanceof Change.SwitchTraffic point
                                                && point.to() instanceof Change.ToPaused));
    }

    /** What is declared is not what serves, and is tried again or waits for a person. */
    List<Condition> failure(ReasonCode reason, String message, boolean stalled) {
        return List.of(
                ready(Status.False, reason, message),
                stalled
                        ? stalled(reason)
                        : condition(
                                ConditionType.Reconciling,
                                Status.True,
                                reason,
                                "tried again with growing pauses"));
    }

    /** It waits for a person. */
    Condition stalled(ReasonCode reason) {
        return condition(
                ConditionType.Stalled,
                Status.True,
                reason,
                "not tried again until its spec changes");
    }

    private @Nullable Condition wasReady() {
        Condition ready = before == null ? null : before.condition(ConditionType.Ready);
        return ready != null && ready.status() == Status.True ? ready : null;
    }

    /** Left for something more urgent: it goes on at once, and what served goes on serving. */
    private List<Condition> putOff(Condition kept, String message) {
        return List.of(
                kept,
                condition(ConditionType.Reconciling, Status.True, ReasonCode.Superseded, message));
    }
}
