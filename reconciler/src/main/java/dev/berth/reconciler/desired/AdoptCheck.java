package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether two apps want to take over from one container: the first to be ready would stop it under
 * the other. Who named it in an older document has it, also with its newest; else nobody.
 */
final class AdoptCheck {
    private AdoptCheck() {}

    /** The documents that don't count now. */
    static List<Choice> wrong(Fates fates, Iterable<Choice> chosen, Problems problems) {
        SortedMap<String, List<Choice>> byContainer = new TreeMap<>();
        for (Choice choice : chosen) {
            String container = container(choice.document());
            if (container != null) {
                byContainer.computeIfAbsent(container, _ -> new ArrayList<>()).add(choice);
            }
        }
        List<Choice> wrong = new ArrayList<>();
        byContainer.forEach((name, all) -> wrong.addAll(wrong(fates, name, all, problems)));
        return wrong;
    }

    private static @Nullable String container(@Nullable Document document) {
        return document instanceof App app
                ? app.metadata().annotations().get(AdoptRules.ADOPT)
                : null;
    }

    private static List<Choice> wrong(
            Fates fates, String container, List<Choice> all, Problems problems) {
        if (all.size() == 1) {
            return List.of();
        }
        List<Choice> current = all.stream().filter(Choice::current).toList();
        if (current.isEmpty()) {
            return all.subList(1, all.size());
        }
        Choice owner = owner(fates, container, all);
        List<Choice> wrong =
                current.stream().filter(c -> owner == null || !c.id().equals(owner.id())).toList();
        for (Choice choice : wrong) {
            Choice other =
                    owner != null
                            ? owner
                            : all.stream()
                                    .filter(c -> !c.id().equals(choice.id()))
                                    .findFirst()
                                    .orElseThrow();
            problems.add(
                    choice.read().at("metadata", "annotations", AdoptRules.ADOPT),
                    Binder.join("metadata.annotations", AdoptRules.ADOPT),
                    Problem.Code.CONFLICT,
                    "%s (%s) takes over from %s too: only one app can"
                            .formatted(other.id(), other.read().place(), container));
        }
        return wrong;
    }

    /** The one that named it before; {@code null} when none did, or several. */
    private static @Nullable Choice owner(Fates fates, String container, List<Choice> all) {
        Set<ResourceId> before =
                fates.lastRight(Kind.App).stream()
                        .filter(read -> container.equals(container(read.document())))
                        .map(ReadDocument::id)
                        .collect(Collectors.toSet());
        List<Choice> owners = all.stream().filter(c -> before.contains(c.id())).toList();
        return owners.size() == 1 ? owners.getFirst() : null;
    }
}
