package dev.berth.reconciler.status;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a resource: who, what, why, how long, with what outcome.
 *
 * @param at when the pass that saw or did it began
 * @param what in one line
 * @param reasons why, a line each; for a transition the condition's reason and the first line of
 *     its message
 * @param who made the commit that it was done for; {@code null} when not known
 * @param revision that commit, which may be older than the one that the pass followed
 * @param outcome how a change ended; {@code null} for a transition
 * @param detail for a failure: the cause, the probe's answer, the last log lines; {@code null} when
 *     there is no more to say
 * @param duration how long the change took; of a transition, how long it stood otherwise before,
 *     zero when nothing is known of that
 */
public record Event(
        Type type,
        ResourceId resource,
        Instant at,
        String what,
        List<String> reasons,
        @Nullable String who,
        String revision,
        String pass,
        PassReport.@Nullable Result outcome,
        @Nullable String detail,
        Duration duration) {
    public Event {
        reasons = List.copyOf(reasons);
    }

    /** What kind of event. */
    public enum Type {
        /** Berth changed something. */
        Change,
        /** A condition became true, false or unknown. */
        Transition
    }

    /**
     * The events of a pass, in the order they happened: its changes, then the conditions that it
     * found otherwise than before.
     *
     * @param before the statuses of the pass before; a resource that is new has no transitions but
     *     those to a failure, and none when it is {@linkplain PassHistory#after not known} after
     *     the pass either: each such pass would tell them again
     */
    static List<Event> of(PassReport pass, Collection<ResourceStatus> before) {
        Map<ResourceId, ResourceStatus> known =
                before.stream().collect(Collectors.toMap(ResourceStatus::id, Function.identity()));
        List<Event> events = new ArrayList<>();
        pass.changes().forEach(change -> events.add(change(pass, change)));
        Set<ResourceId> after =
                PassHistory.after(pass, List.copyOf(before)).stream()
                        .map(ResourceStatus::id)
                        .collect(Collectors.toSet());
        for (ResourceStatus now : pass.resources()) {
            if (!after.contains(now.id())) {
                continue;
            }
            ResourceStatus then = known.get(now.id());
            for (Condition condition : now.conditions()) {
                Condition was = then == null ? null : then.condition(condition.type());
                if (turned(was, condition)) {
                    events.add(transition(pass, now.id(), was, condition));
                }
            }
        }
        return List.copyOf(events);
    }

    private static boolean turned(@Nullable Condition was, Condition now) {
        return switch (now.type()) {
            case Ready, SourceVerified, Healthy ->
                    was == null
                            ? now.status() == Condition.Status.False
                            : was.status() != now.status();
            // Every host begins without one.
            case CertificateReady -> was != null && was.status() != now.status();
            case Stalled ->
                    (was != null && was.status() == Condition.Status.True)
                            != (now.status() == Condition.Status.True);
            // Every change goes through it; the change itself is the event.
            case Reconciling -> false;
        };
    }

    /** What turned with work that was begun for an older commit turned for that one. */
    private static Commit commit(PassReport pass, ResourceId id) {
        return pass.changes().stream()
                .filter(change -> change.resource().equals(id))
                .reduce((_, last) -> last)
                .map(change -> commit(pass, change))
                .orElseGet(() -> new Commit(pass.revision(), pass.author()));
    }

    private static Commit commit(PassReport pass, PassReport.ChangeReport change) {
        Commit begunFor = change.begunFor();
        return begunFor == null ? new Commit(pass.revision(), pass.author()) : begunFor;
    }

    private static Event change(PassReport pass, PassReport.ChangeReport change) {
        Commit commit = commit(pass, change);
        return new Event(
                Type.Change,
                change.resource(),
                pass.startedAt(),
                change.what(),
                change.reasons(),
                commit.author(),
                commit.revision(),
                pass.id(),
                change.outcome(),
                change.detail(),
                change.duration());
    }

    private static Event transition(
            PassReport pass, ResourceId id, @Nullable Condition was, Condition now) {
        Commit commit = commit(pass, id);
        String what =
                "%s: %s%s"
                        .formatted(
                                now.type(), was == null ? "" : was.status() + " -> ", now.status());
        List<String> said = now.message().lines().toList();
        String why =
                said.isEmpty() ? now.reason().name() : now.reason().name() + ": " + said.getFirst();
        return new Event(
                Type.Transition,
                id,
                pass.startedAt(),
                what,
                List.of(why),
                commit.author(),
                commit.revision(),
                pass.id(),
                null,
                said.size() > 1 ? now.message() : null,
                stood(was, now));
    }

    /** The clock may have been set meanwhile. */
    private static Duration stood(@Nullable Condition was, Condition now) {
        Duration stood =
                was == null
                        ? Duration.ZERO
                        : Duration.between(was.lastTransitionTime(), now.lastTransitionTime());
        return stood.isNegative() ? Duration.ZERO : stood;
    }
}
