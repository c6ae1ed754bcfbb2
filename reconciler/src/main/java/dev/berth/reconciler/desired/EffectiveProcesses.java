package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The processes of an app with the short forms written out. Pure. */
final class EffectiveProcesses {
    private EffectiveProcesses() {}

    /** By name; an app that names no process has {@code web}. */
    static SortedMap<String, App.ProcessSpec> of(App.Spec spec) {
        SortedMap<String, App.ProcessSpec> processes = new TreeMap<>(spec.processes());
        boolean shortForm =
                spec.port() != null
                        || spec.protocol() != null
                        || spec.replicas() != null
                        || spec.command() != null;
        if (shortForm || processes.isEmpty()) {
            int replicas = spec.replicas() == null ? 1 : spec.replicas();
            App.Protocol protocol = spec.protocol() == null ? App.Protocol.HTTP : spec.protocol();
            processes.put(
                    AppRules.WEB,
                    new App.ProcessSpec(spec.command(), spec.port(), protocol, replicas));
        }
        return processes;
    }

    /** The port that the app's hosts lead to; {@code null} when there is none. */
    static @Nullable Integer webPort(App.Spec spec) {
        App.ProcessSpec web = of(spec).get(AppRules.WEB);
        return web == null ? null : web.port();
    }
}
