package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ready says that the wanted version serves, and nothing else does. */
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
