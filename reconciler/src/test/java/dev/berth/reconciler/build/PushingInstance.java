package dev.berth.reconciler.build;

import dev.berth.schemas.config.Instance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of an Instance of which only the registries matter. */
public final class PushingInstance {
    private PushingInstance() {}

    /**
     * One that pushes what is built.
     *
     * @param registry where to; {@code null} = nowhere
     */
    public static Instance.Spec to(@Nullable String registry, Instance.Registry... logins) {
        Instance.Builds usual = Instance.Builds.USUAL;
        return new Instance.Spec(
                "localhost",
                null,
                Map.of(),
                new Instance.Source(Duration.ofSeconds(30)),
                new Instance.Prune(5),
                new Instance.Engine(Instance.Reach.AUTO),
                Instance.Edge.NONE,
                List.of(logins),
                new Instance.Builds(usual.concurrency(), usual.timeout(), null, null, registry),
                Instance.Cleanup.USUAL);
    }
}
