package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ready says that the wanted version serves, and nothing else does; and it says so when that is so.
 */
final class StatusTrue {
    private StatusTrue() {}

    /**
     * What is wrong with a report.
     *
     * @param edgeSeen false while control can't know what the edge serves
     */
    static @Nullable String broken(PassReport report, Tree tree, Sight sight, boolean edgeSeen) {
        for (ResourceStatus status : report.resources()) {
            Condition ready = status.condition(ConditionType.Ready);
            Tree.Doc doc = tree.apps().get(status.id().name());
            if (ready != null
                    && ready.status() == Condition.Status.True
                    && ready.observedGeneration().equals(status.generation())
                    && status.id().kind() == Kind.App
                    && doc != null
                    && doc.damage() == null
                    && !tree.inDoubt(status.id().name())
                    && (edgeSeen || doc.spec().serves())) {
                String image = tree.image(status.id().name(), doc.spec());
                String lie = broken(status.id(), doc.spec(), image, sight);
                if (lie != null) {
                    return lie;
                }
            }
        }
        return null;
    }

    /**
     * Apps of which all that is declared serves, and nothing else is there; none of those that
     * somebody laid hands on.
     */
    static Set<ResourceId> whole(Tree tree, Sight sight, Oracle oracle) {
        Map<ResourceId, Set<String>> backends = new TreeMap<>();
        sight.backends()
                .forEach(
                        b ->
                                backends.computeIfAbsent(b.getKey(), _ -> new TreeSet<>())
                                        .add(b.getValue()));
        Set<ResourceId> whole = new TreeSet<>();
        backends.forEach(
                (app, served) -> {
                    Tree.Doc doc = tree.apps().get(app.name());
                    if (doc != null
                            && tree.generation(app.name()) != null
                            && doc.spec().serves()
                            && doc.spec().replicas() == served.size()
                            && its(app, sight).size() == served.size()
                            && its(app, sight).stream()
                                    .allMatch(
                                            c ->
                                                    served.contains(c.id().shortId())
                                                            && isRight(c, oracle))) {
                        whole.add(app);
                    }
                });
        return whole;
    }

    private static List<ContainerView> its(ResourceId app, Sight sight) {
        return sight.engine().containers().stream()
                .filter(Sight::ours)
                .flatMap(item -> Stream.ofNullable(item.view()))
                .filter(view -> view.owner().equals(app))
                .toList();
    }

    private static boolean isRight(ContainerView view, Oracle oracle) {
        return view.running()
                && !oracle.hits().was(view.id().shortId())
                && oracle.waysBack().isDeclared(view);
    }

    /**
     * What a report denies of that. What is gone back from serves until the one before does, and
     * what control began when it was not so is made to prove itself.
     *
     * @param whole apps that were so all the time
     */
    static @Nullable String denied(PassReport report, Set<ResourceId> whole) {
        for (ResourceStatus status : report.resources()) {
            Condition ready = status.condition(ConditionType.Ready);
            if (whole.contains(status.id())
                    && ready != null
                    && ready.status() == Condition.Status.False
                    && ready.reason() != ReasonCode.RolledBack
                    && ready.reason() != ReasonCode.Progressing) {
                return "%s serves as declared, and is not Ready: %s"
                        .formatted(status.id(), ready.reason());
            }
        }
        return null;
    }

    private static @Nullable String broken(ResourceId app, Spec spec, String image, Sight sight) {
        List<String> backends =
                sight.backends()
                        .filter(b -> b.getKey().equals(app))
                        .map(Map.Entry::getValue)
                        .toList();
        int wanted = spec.serves() ? spec.replicas() : 0;
        if (backends.size() != wanted) {
            return "%s is Ready with %d backends of %d".formatted(app, backends.size(), wanted);
        }
        for (String backend : backends) {
            FakeEngine.Item item = sight.container(backend);
            ContainerView view = item == null ? null : item.view();
            if (view == null || view.template() == null || !view.template().image().equals(image)) {
                return app + " is Ready and another version serves";
            }
        }
        return null;
    }
}
