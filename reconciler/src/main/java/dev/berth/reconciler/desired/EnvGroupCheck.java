package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Whether apps and jobs name EnvGroups that are there. */
final class EnvGroupCheck {
    private final Fates fates;
    private final SortedMap<ResourceId, Choice> chosen;
    private final Problems problems;
    private final Map<ResourceId, String> waiting;
    private boolean complete = true;

    /**
     * @param waiting gets why a right document does not count yet
     */
    EnvGroupCheck(
            Fates fates,
            SortedMap<ResourceId, Choice> chosen,
            Problems problems,
            Map<ResourceId, String> waiting) {
        this.fates = fates;
        this.chosen = chosen;
        this.problems = problems;
        this.waiting = waiting;
    }

    /** The documents that don't count now. */
    List<Choice> wrong() {
        return chosen.values().stream().filter(this::isWrong).toList();
    }

    /** False when an older document has brought a group along, which counts from now on. */
    boolean complete() {
        return complete;
    }

    private boolean isWrong(Choice choice) {
        List<String> names =
                choice.document() instanceof App app
                        ? app.spec().envFrom()
                        : choice.document() instanceof Job job ? job.spec().envFrom() : List.of();
        boolean fits = true;
        for (int i = 0; i < names.size(); i++) {
            ResourceId id = new ResourceId(Kind.EnvGroup, names.get(i));
            boolean there = chosen.containsKey(id);
            if (!there && !choice.current() && fates.bring(id)) {
                complete = false;
            } else if (!there) {
                fits = false;
                report(choice, i, id);
            }
        }
        return !fits;
    }

    private void report(Choice choice, int index, ResourceId group) {
        if (!choice.current()) {
            return;
        } else if (fates.isWrong(group) || fates.pruneHold() != null) {
            waiting.put(choice.id(), "waits for a right document of %s".formatted(group));
            return;
        }
        List<String> known =
                chosen.keySet().stream()
                        .filter(id -> id.kind() == Kind.EnvGroup)
                        .map(ResourceId::name)
                        .toList();
        problems.add(
                choice.read().at("spec", "envFrom", index),
                "spec.envFrom[%d]".formatted(index),
                Problem.Code.REFERENCE,
                "there is no EnvGroup %s%s"
                        .formatted(group.name(), NearMiss.hint(group.name(), known)));
    }

    /** One group named twice says nothing more and looks as if it did. */
    static void check(List<String> names, ReadDocument read, Problems problems) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!seen.add(names.get(i))) {
                problems.add(
                        read.at("spec", "envFrom", i),
                        "spec.envFrom[%d]".formatted(i),
                        Problem.Code.VALUE,
                        "%s is already in this list".formatted(names.get(i)));
            }
        }
    }
}
