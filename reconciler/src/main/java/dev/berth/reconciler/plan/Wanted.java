package dev.berth.reconciler.plan;

import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.desired.DesiredState;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is wanted of a resource, wherever it is declared. Work that has begun for a resource goes on
 * as long as this stays the same, and is given up for another.
 *
 * @param generation of its spec; empty for what has none, or is not wanted
 * @param claims what it serves, in the order of the desired state
 */
public record Wanted(String generation, List<Claim> claims) {
    /** Of what is not declared, and of the instance. */
    public static final Wanted NOTHING = new Wanted("", List.of());

    public Wanted {
        claims = List.copyOf(claims);
    }

    /** A route without the place it is declared at. */
    public record Claim(
            String host, String path, DesiredRoute.Destination destination, Policy policy) {}

    /**
     * Of each app with what it runs by the clock unless it is suspended, each job and each
     * redirecting domain.
     */
    public static Map<ResourceId, Wanted> of(DesiredState.Known desired) {
        Map<ResourceId, List<Claim>> claims =
                desired.routes().stream()
                        .collect(
                                Collectors.groupingBy(
                                        DesiredRoute::server,
                                        Collectors.mapping(Wanted::claim, Collectors.toList())));
        Map<ResourceId, Wanted> wanted = new HashMap<>();
        claims.forEach((server, its) -> wanted.put(server, new Wanted("", its)));
        for (DesiredApp app : desired.apps().values()) {
            wanted.put(
                    app.id(),
                    new Wanted(app.generation().text(), claims.getOrDefault(app.id(), List.of())));
            for (DesiredCron cron : app.schedules()) {
                wanted.put(cron.id(), new Wanted(cron.generation().text(), List.of()));
            }
        }
        desired.jobs()
                .forEach((id, job) -> wanted.put(id, new Wanted(job.run().text(), List.of())));
        return wanted;
    }

    private static Claim claim(DesiredRoute route) {
        return new Claim(route.host(), route.path(), route.destination(), route.policy());
    }
}
