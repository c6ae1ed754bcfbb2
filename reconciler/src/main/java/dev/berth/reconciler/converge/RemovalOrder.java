package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In which order removals run: dependants first. Not thread-safe. */
final class RemovalOrder {
    private final List<Assignment> left;

    /** Begins with all left. */
    RemovalOrder(List<Assignment> removals) {
        this.left = new ArrayList<>(removals);
    }

    /** Whether a removal may begin. */
    enum Verdict {
        YES,
        /** What has to go before goes on; a later pass finds it gone. */
        LATER,
        /** What has to go before did not. */
        NO
    }

    /** The removals that wait for no other one that is left, once; empty when all were given. */
    List<Assignment> next() {
        Set<ResourceId> ids = left.stream().map(Assignment::resource).collect(Collectors.toSet());
        List<Assignment> now =
                left.stream().filter(each -> after(each).noneMatch(ids::contains)).toList();
        if (now.isEmpty()
                && !left.isEmpty()) { // a circle, of labels of different times: one begins
            now = List.of(left.getFirst());
        }
        left.removeAll(now);
        return now;
    }

    /**
     * What the changes of its dependants have come to. One that is still left, of a circle, is not
     * waited for.
     *
     * @param plan all changes
     * @param ended of this plan, so far
     */
    Verdict mayRun(Assignment removal, Collection<Change> plan, Map<Change, Outcome> ended) {
        Set<ResourceId> later = left.stream().map(Assignment::resource).collect(Collectors.toSet());
        Set<ResourceId> before =
                after(removal).filter(id -> !later.contains(id)).collect(Collectors.toSet());
        Verdict verdict = Verdict.YES;
        for (Change change : plan) {
            if (!before.contains(change.resource())) {
                continue;
            }
            Outcome outcome = ended.get(change);
            if (change instanceof Change.Blocked
                    || (outcome != null && !(outcome instanceof Outcome.Done))) {
                return Verdict.NO;
            }
            if (outcome == null) {
                verdict = Verdict.LATER;
            }
        }
        return verdict;
    }

    private static Stream<ResourceId> after(Assignment removal) {
        return removal.changes().stream()
                .flatMap(
                        change ->
                                change instanceof Change.RemoveResource remove
                                        ? remove.after().stream()
                                        : Stream.empty());
    }
}
