package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether {@code dependsOn} names what is there, and leads in no circle. Of a circle every document
 * is wrong that closes it now; an older one that names what is gone goes on without it.
 */
final class DependencyCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Problems problems;

    DependencyCheck(Fates fates, SortedMap<ResourceId, Choice> chosen, Problems problems) {
        this.fates = fates;
        this.chosen = chosen;
        this.problems = problems;
    }

    /** The documents that are wrong; their problems are reported. */
    List<Choice> wrong() {
        return chosen.values().stream().filter(this::isWrong).toList();
    }

    private boolean isWrong(Choice choice) {
        List<ResourceId> needed = needed(choice);
        boolean fine = true;
        for (int i = 0; i < needed.size(); i++) {
            ResourceId id = needed.get(i);
            String fault = fault(choice, id);
            if (fault != null) {
                fine = false;
                if (choice.current()) {
                    problems.add(
                            choice.read().at("spec", "dependsOn", i, "name"),
                            "spec.dependsOn[%d].name".formatted(i),
                            Problem.Code.REFERENCE,
                            fault);
                }
            }
        }
        return !fine;
    }

    private @Nullable String fault(Choice choice, ResourceId id) {
        if (!chosen.containsKey(id)) {
            boolean mayBeThere = fates.isWrong(id) || fates.pruneHold() != null;
            return mayBeThere || !choice.current() ? null : missing(id);
        }
        List<ResourceId> way = way(id, choice.id());
        if (way.isEmpty() || (!choice.current() && way.stream().anyMatch(this::isCurrent))) {
            return null;
        }
        return "a circle of dependencies: "
                + Stream.concat(Stream.of(choice.id()), way.stream())
                        .map(ResourceId::toString)
                        .collect(Collectors.joining(" -> "));
    }

    private boolean isCurrent(ResourceId id) {
        Choice choice = chosen.get(id);
        return choice != null && choice.current();
    }

    private String missing(ResourceId id) {
        List<String> known =
                chosen.keySet().stream()
                        .filter(other -> other.kind() == id.kind())
                        .map(ResourceId::name)
                        .toList();
        return "there is no %s%s"
                .formatted(id.toString().replace('/', ' '), NearMiss.hint(id.name(), known));
    }

    /** How dependencies lead from one to another, both included; empty when they do not. */
    private List<ResourceId> way(ResourceId from, ResourceId to) {
        return way(from, to, new ArrayList<>(), new HashSet<>());
    }

    private List<ResourceId> way(
            ResourceId from, ResourceId to, List<ResourceId> above, Set<ResourceId> seen) {
        above.add(from);
        if (from.equals(to)) {
            return List.copyOf(above);
        }
        Choice choice = chosen.get(from);
        for (ResourceId next : choice == null ? List.<ResourceId>of() : needed(choice)) {
            if (seen.add(next)) {
                List<ResourceId> found = way(next, to, above, seen);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        above.removeLast();
        return List.of();
    }

    private static List<ResourceId> needed(Choice choice) {
        return choice.document() instanceof App app
                ? app.spec().dependsOn().stream().map(App.Dependency::id).toList()
                : List.of();
    }
}
