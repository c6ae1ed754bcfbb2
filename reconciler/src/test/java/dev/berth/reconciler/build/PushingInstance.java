package dev.berth.reconciler.build;

import dev.berth.reconciler.desired.SettingsOf;
import dev.berth.schemas.config.Instance;
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
        return new SettingsOf()
                .registries(logins)
                .builds(
                        new Instance.Builds(
                                usual.concurrency(), usual.timeout(), null, null, registry))
                .make();
    }
}
