package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether two apps want to take over from one container: the first to be ready would stop it under
 * the other. Who named it in an older document has it, else nobody.
 */
final class AdoptCheck {
    private AdoptCheck() {}

    /** The documents that don't count now. */
    static List<Choice> wrong(Iterable<Choice> chosen, Problems problems) {
        SortedMap<String, List<Choice>> byContainer = new TreeMap<>();
        for (Choice choice : chosen) {
            if (choice.document() instanceof App app) {
                String container = app.metadata().annotations().get(AdoptRules.ADOPT);
                if (container != null) {
                    byContainer.computeIfAbsent(container, _ -> new ArrayList<>()).add(choice);
                }
            }
        }
        List<Choice> wrong = new ArrayList<>();
        byContainer.forEach((name, all) -> wrong.addAll(wrong(name, all, problems)));
        return wrong;
    }

    private static List<Choice> wrong(String container, List<Choice> all, Problems problems) {
        if (all.size() == 1) {
            return List.of();
        }
        List<Choice> current = all.stream().filter(Choice::current).toList();
        for (Choice choice : current) {
            Choice other = all.stream().filter(c -> !c.id().equals(choice.id())).findFirst().get();
            problems.add(
                    choice.read().at("metadata", "annotations", AdoptRules.ADOPT),
                    Binder.join("metadata.annotations", AdoptRules.ADOPT),
                    Problem.Code.CONFLICT,
                    "%s (%s) takes over from %s too: only one app can"
                            .formatted(other.id(), other.read().place(), container));
        }
        return current.isEmpty() ? all.subList(1, all.size()) : current;
    }
}
