package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ResourceId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Documents that are missing, and may only have been moved to where they can't be read. */
final class Moves {
    private static final int MOST_NAMED = 5;

    private final List<Unclear> unclear;

    Moves(List<Unclear> unclear) {
        this.unclear = List.copyOf(unclear);
    }

    /**
     * The files that missing documents may have been moved from; what so stays goes to the
     * problems, at where each may be now.
     *
     * @param missing the last right version of what is declared nowhere now
     */
    Set<String> origins(SortedMap<ResourceId, ReadDocument> missing, Problems problems) {
        Set<String> origins = new HashSet<>();
        Map<Unclear, List<ResourceId>> moved = new LinkedHashMap<>();
        missing.forEach(
                (id, document) ->
                        unclear.stream()
                                .filter(u -> u.mayBe(id))
                                .findFirst()
                                .ifPresent(
                                        u -> {
                                            origins.add(document.file());
                                            moved.computeIfAbsent(u, _ -> new ArrayList<>())
                                                    .add(id);
                                        }));
        moved.forEach(
                (u, ids) -> problems.add(u.place(), "", Problem.Code.REFERENCE, message(ids)));
        return origins;
    }

    private static String message(List<ResourceId> ids) {
        String named =
                ids.stream()
                        .limit(MOST_NAMED)
                        .map(ResourceId::toString)
                        .collect(Collectors.joining(", "));
        int others = ids.size() - MOST_NAMED;
        return "this may declare %s%s, of which nothing is removed until it is mended: no other document declares %s any more"
                .formatted(
                        named,
                        others > 0 ? " and %d more".formatted(others) : "",
                        ids.size() == 1 ? "it" : "them");
    }
}
