package dev.berth.reconciler.desired;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Whether a domain's route leads to something. Pure. */
final class RouteTarget {
    private RouteTarget() {}

    /** What is wrong with which key of the route. */
    record Fault(String key, String message) {}

    /** {@code null} when the route leads to a process with a port, or to files. */
    static @Nullable Fault fault(Domain.Route route, Map<ResourceId, Choice> chosen) {
        Choice choice = chosen.get(ResourceId.app(route.app()));
        if (choice == null || !(choice.document() instanceof App app)) {
            return new Fault(
                    "app",
                    "there is no app %s%s"
                            .formatted(route.app(), NearMiss.hint(route.app(), apps(chosen))));
        }
        if (app.spec().staticFiles() != null) {
            return route.process().equals(AppRules.WEB)
                    ? null
                    : new Fault("process", "a static app has no process but web");
        }
        SortedMap<String, App.ProcessSpec> processes = EffectiveProcesses.of(app.spec());
        App.ProcessSpec process = processes.get(route.process());
        if (process == null) {
            return new Fault(
                    "process",
                    "app %s has no process %s, only %s"
                            .formatted(
                                    route.app(),
                                    route.process(),
                                    Words.oneOf(List.copyOf(processes.keySet()))));
        }
        return process.port() != null
                ? null
                : new Fault(
                        "app",
                        "process %s of app %s has no port to lead to: add one there"
                                .formatted(route.process(), route.app()));
    }

    /** {@code null} when the canary leads to an app that answers by itself. */
    static @Nullable Fault canaryFault(Domain.Route route, Map<ResourceId, Choice> chosen) {
        Domain.Canary canary = route.canary();
        if (canary == null) {
            return null;
        }
        if (canary.app().equals(route.app())) {
            return new Fault("canary", "the canary is the app itself: name another one");
        }
        Fault fault =
                fault(new Domain.Route(route.path(), canary.app(), AppRules.WEB, null), chosen);
        return fault == null ? null : new Fault("canary", fault.message());
    }

    private static List<String> apps(Map<ResourceId, Choice> chosen) {
        return chosen.keySet().stream()
                .filter(id -> id.kind() == Kind.App)
                .map(ResourceId::name)
                .toList();
    }
}
