package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which release of each app served last, by the hash of what its containers are made from: by what
 * the edge was pointed at and what was reported, never by what control remembers of it. What has
 * ended because it was to end served last no more.
 */
final class ServedLast {
    private final Map<String, String> last = new HashMap<>();
    private final Map<String, String> hashes = new HashMap<>();
    private final Set<String> reportedReady = new HashSet<>();
    private final Set<String> pointedAt = new HashSet<>();

    /** Control has written something. */
    void seen(Sight after) {
        for (FakeEngine.Item item : after.engine().containers()) {
            ContainerView view = item.view();
            if (view != null) {
                hashes.put(view.id().shortId(), view.specHash());
            }
        }
    }

    /**
     * Control has pointed the edge somewhere.
     *
     * @param trees what it had read lately
     */
    void pointed(Sight after, List<Tree> trees) {
        Map<String, Set<String>> now = new HashMap<>();
        after.backends()
                .forEach(
                        b ->
                                now.computeIfAbsent(b.getKey().name(), _ -> new HashSet<>())
                                        .add(hashes.getOrDefault(b.getValue(), "")));
        last.keySet().removeIf(app -> !now.containsKey(app) && isToEnd(app, trees));
        now.forEach(
                (app, all) -> {
                    if (all.size() == 1) {
                        String hash = all.iterator().next();
                        last.put(app, hash);
                        pointedAt.add(app + " " + hash);
                    }
                });
    }

    private static boolean isToEnd(String app, List<Tree> trees) {
        return trees.stream()
                .map(tree -> tree.apps().get(app))
                .anyMatch(
                        doc ->
                                doc == null
                                        || doc.spec().replicas() == 0
                                        || doc.spec().twist() == Spec.Twist.SUSPENDED);
    }

    /** It was reported that a release serves as declared. */
    void reportedReady(String app, String hash) {
        last.put(app, hash);
        reportedReady.add(app + " " + hash);
    }

    /** True for a container of the release that served last. */
    boolean is(ContainerView made) {
        return made.specHash().equals(last.get(made.owner().name()));
    }

    /** What answered requests last and was reported ready; {@code null} when there is none. */
    @Nullable String readyOf(String app) {
        String hash = last.get(app);
        String key = app + " " + hash;
        return reportedReady.contains(key) && pointedAt.contains(key) ? hash : null;
    }
}
