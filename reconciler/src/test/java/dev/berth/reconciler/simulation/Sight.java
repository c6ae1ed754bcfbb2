package dev.berth.reconciler.simulation;

import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Engine and edge at one moment. */
record Sight(FakeEngine.Contents engine, RouteTable table) {
    static final String INSTANCE = "home";

    /** The container with that id or short id; {@code null} when there is none. */
    FakeEngine.@Nullable Item container(String id) {
        for (FakeEngine.Item item : engine.containers()) {
            if (item.id().text().startsWith(id)) {
                return item;
            }
        }
        return null;
    }

    static boolean running(FakeEngine.@Nullable Item item) {
        return item != null && item.state() instanceof ContainerView.Running;
    }

    /** Short ids of the containers that requests are sent to, by owner of the route. */
    Stream<Map.Entry<ResourceId, String>> backends() {
        return table.routes().stream()
                .flatMap(
                        route ->
                                backends(route).stream()
                                        .map(b -> Map.entry(route.owner(), b.container())));
    }

    static List<Backend> backends(Route route) {
        return switch (route.target()) {
            case Route.Proxy(var backends) -> backends;
            case Route.Files _,
                    Route.Redirect _,
                    Route.Unavailable _,
                    Route.Paused _,
                    Route.Asleep _,
                    Route.Control _ ->
                    List.of();
        };
    }

    /** Who answers requests. */
    Set<ResourceId> serving() {
        Set<ResourceId> serving = new TreeSet<>();
        for (Route route : table.routes()) {
            if (backends(route).stream().anyMatch(this::answers)) {
                serving.add(route.owner());
            }
        }
        return serving;
    }

    /** It runs and is where the edge looks for it. */
    private boolean answers(Backend backend) {
        FakeEngine.Item item = container(backend.container());
        return item != null
                && running(item)
                && item.view() != null
                && item.view().addresses().containsValue(backend.address());
    }

    /**
     * What is none of ours, in words.
     *
     * @param but the name of a container that is left out
     */
    List<String> foreign(@Nullable String but) {
        List<String> found = new ArrayList<>();
        for (FakeEngine.Item item : engine.containers()) {
            boolean known = item.view() != null || isRun(item);
            if ((!known || !ours(item.labels())) && !item.name().equals(but)) {
                found.add(item.id().shortId() + " " + item.name() + " " + item.state());
            }
        }
        engine.networks().forEach((name, labels) -> addForeign(found, "network " + name, labels));
        engine.volumes().forEach((name, labels) -> addForeign(found, "volume " + name, labels));
        return found;
    }

    private static void addForeign(List<String> found, String what, Map<String, String> labels) {
        if (!ours(labels)) {
            found.add(what + " " + labels);
        }
    }

    /** True for a container that runs once. */
    static boolean isRun(FakeEngine.Item item) {
        return item.labels().containsKey(Labels.ROLE);
    }

    /** Whose a container of ours is. */
    static ResourceId owner(FakeEngine.Item item) {
        return owner(item.labels());
    }

    /** Whom labels of ours name. */
    static ResourceId owner(Map<String, String> labels) {
        String name = labels.getOrDefault(Labels.NAME, "");
        return "job".equals(labels.get(Labels.KIND))
                ? new ResourceId(Kind.Job, name)
                : ResourceId.app(name);
    }

    /** Whose data a volume of ours holds; all have one of the same name. */
    static ResourceId ownerOfVolume(String name) {
        return ResourceId.app(
                name.replaceFirst("^berth_" + INSTANCE + "_", "").replaceFirst("_data$", ""));
    }

    static boolean ours(FakeEngine.Item item) {
        return ours(item.labels());
    }

    private static boolean ours(Map<String, String> labels) {
        return INSTANCE.equals(labels.get(Labels.INSTANCE));
    }
}
