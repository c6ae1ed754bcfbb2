package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be told now: how everything stands, compared with what was told. No event is needed
 * for it, so a pass that nobody saw is no message that nobody gets.
 *
 * <ol>
 *   <li>A failure that was not told is told at once, or after three polls if it is one that mends
 *       itself. One failure is one alert, one resource and one reason.
 *   <li>While it lasts it is told again each hour.
 *   <li>When the resource has been well for a minute, that is told once, however many reasons it
 *       failed for. Until then a failure that comes back is not news.
 *   <li>What is gone from the config, or suspended, is told of once more, and forgotten.
 * </ol>
 *
 * <p>Pure: the same again for the same again, the ids included, so that a message planned twice is
 * one message.
 */
final class AlertPlanner {
    /** A failure that lasts is told again after this time. */
    static final Duration REPEAT = Duration.ofHours(1);

    private static final int POLLS = 3;

    private final Ailments ailments;
    private final Instant at;
    private final List<Message> messages = new ArrayList<>();
    private final List<Told.Entry> entries = new ArrayList<>();

    /**
     * What follows.
     *
     * @param messages in the order of alerts, then resources
     * @param told what counts as told once they are safe
     */
    record Planned(List<Message> messages, Told told) {}

    private AlertPlanner(Watch watch, Instant at) {
        this.ailments = new Ailments(watch.pollInterval().multipliedBy(POLLS), at);
        this.at = at;
    }

    static Planned plan(Watch watch, List<ResourceStatus> now, Told before, Instant at) {
        AlertPlanner planner = new AlertPlanner(watch, at);
        boolean whole = isWhole(now);
        Set<ResourceId> known =
                now.stream().map(ResourceStatus::id).collect(Collectors.toUnmodifiableSet());
        for (Selection selection : watch.alerts().stream().map(Selection::new).toList()) {
            List<Told.Entry> told =
                    before.entries().stream()
                            .filter(e -> e.alert().equals(selection.alert()))
                            .toList();
            for (ResourceStatus status : now) {
                if (selection.includes(status.id())) {
                    planner.look(selection, status, told);
                }
            }
            List<Told.Entry> gone =
                    told.stream().filter(e -> !known.contains(e.resource())).toList();
            if (whole) {
                planner.gone(selection, gone);
            } else {
                gone.forEach(planner::keep);
            }
        }
        return new Planned(planner.messages, new Told(planner.entries));
    }

    /** While the config repo can't be read, a resource that is not listed is not gone. */
    private static boolean isWhole(List<ResourceStatus> now) {
        return now.stream()
                .filter(s -> s.id().kind() == Kind.Instance)
                .map(s -> s.condition(ConditionType.SourceVerified))
                .anyMatch(c -> c != null && c.status() == Status.True);
    }

    private void look(Selection selection, ResourceStatus status, List<Told.Entry> all) {
        List<Told.Entry> told =
                all.stream().filter(e -> e.concerns(selection.alert(), status.id())).toList();
        if (!told.isEmpty() && ailments.isWell(status)) {
            if (selection.includesRecovery()) {
                recovered(status, told.getLast());
            }
            return;
        }
        if (!told.isEmpty() && Ailments.isSuspended(status)) {
            closed(selection, told.getLast(), "suspended");
            return;
        }
        Set<ReasonCode> failing = new HashSet<>();
        for (Condition condition : ailments.of(status, selection::includes)) {
            failing.add(condition.reason());
            failing(selection, status, condition, told);
        }
        told.stream().filter(e -> !failing.contains(e.reason())).forEach(this::keep);
    }

    /** One message for each resource, however many reasons it failed for. */
    private void gone(Selection selection, List<Told.Entry> told) {
        Map<ResourceId, Told.Entry> last = new LinkedHashMap<>();
        told.forEach(entry -> last.put(entry.resource(), entry));
        last.values().forEach(entry -> closed(selection, entry, "no longer declared"));
    }

    /** For who hears of recoveries, too: it is over either way. */
    private void closed(Selection selection, Told.Entry entry, String how) {
        if (selection.includesRecovery() && selection.includes(entry.resource())) {
            messages.add(Wording.closed(entry, how, at));
        }
    }

    private void keep(Told.Entry entry) {
        entries.add(entry);
    }

    private void failing(
            Selection selection,
            ResourceStatus status,
            Condition condition,
            List<Told.Entry> told) {
        for (Told.Entry entry : told) {
            if (entry.reason() != condition.reason()) {
                continue;
            }
            if (entry.lastAt().isAfter(at)) {
                keep(entry.toldAt(at)); // the clock was put back: an hour from now, not from then
            } else if (entry.lastAt().plus(REPEAT).isAfter(at)) {
                keep(entry);
            } else {
                tell(entry.toldAgain(at), Message.Type.StillFailing, condition, status);
            }
            return;
        }
        Instant since = condition.lastTransitionTime();
        tell(
                new Told.Entry(selection.alert(), status.id(), condition.reason(), since, at, 1),
                Message.Type.Failing,
                condition,
                status);
    }

    private void tell(
            Told.Entry entry, Message.Type type, Condition condition, ResourceStatus status) {
        entries.add(entry);
        messages.add(Wording.failing(entry, type, condition, status));
    }

    private void recovered(ResourceStatus status, Told.Entry told) {
        messages.add(Wording.recovered(told, status, at));
    }
}
