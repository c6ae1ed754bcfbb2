package dev.berth.reconciler.converge;

import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In which order removals run: dependants first. Not thread-safe. */
final class RemovalOrder {
    private final List<List<Change>> left;

    /**
     * Begins with all left.
     *
     * @param removals groups of changes of one resource each
     */
    RemovalOrder(List<List<Change>> removals) {
        this.left = new ArrayList<>(removals);
    }

    /** The removals that wait for no other one that is left, once; empty when all were given. */
    List<List<Change>> next() {
        Set<ResourceId> ids =
                left.stream().map(g -> g.getFirst().resource()).collect(Collectors.toSet());
        List<List<Change>> now =
                left.stream().filter(g -> after(g).stream().noneMatch(ids::contains)).toList();
        if (now.isEmpty()
                && !left.isEmpty()) { // a circle, of labels of different times: one begins
            now = List.of(left.getFirst());
        }
        left.removeAll(now);
        return now;
    }

    /** False while anything of what has to be done before is not. */
    static boolean mayRun(List<Change> removal, Collection<Outcome> outcomes) {
        List<ResourceId> after = after(removal);
        return outcomes.stream()
                .filter(outcome -> after.contains(outcome.change().resource()))
                .allMatch(Outcome.Done.class::isInstance);
    }

    private static List<ResourceId> after(List<Change> removal) {
        return removal.stream()
                .flatMap(
                        change ->
                                change instanceof Change.RemoveResource remove
                                        ? remove.after().stream()
                                        : Stream.empty())
                .toList();
    }
}
