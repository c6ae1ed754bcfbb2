package dev.berth.reconciler.desired;

import dev.berth.schemas.config.ByOwner;
import dev.berth.schemas.config.ResourceId;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Claims without conflict, by who makes them, whom they lead to, and where they are. Equal to any
 * list of the same claims.
 */
public final class DesiredRoutes extends AbstractList<DesiredRoute> implements RandomAccess {
    private final ByOwner<DesiredRoute> byOwner;
    private final ByOwner<DesiredRoute> byServer;
    private final Map<Place, DesiredRoute> byPlace = new HashMap<>();

    private DesiredRoutes(List<DesiredRoute> all) {
        byOwner = ByOwner.of(List.copyOf(all), DesiredRoute::owner);
        byServer = ByOwner.of(List.copyOf(all), DesiredRoute::server);
        all.forEach(claim -> byPlace.putIfAbsent(new Place(claim.host(), claim.path()), claim));
    }

    /** The claims in their order; itself if the list is one already. */
    public static DesiredRoutes of(List<DesiredRoute> all) {
        return all instanceof DesiredRoutes same ? same : new DesiredRoutes(all);
    }

    private record Place(String host, String path) {}

    /** What a document claims. */
    public List<DesiredRoute> ownedBy(ResourceId document) {
        return byOwner.of(document);
    }

    /** What is published with an app, or with a domain that leads elsewhere. */
    public List<DesiredRoute> servedBy(ResourceId server) {
        return byServer.of(server);
    }

    /** Which processes of an app requests are to get to. */
    public Set<String> processesOf(ResourceId app) {
        return servedBy(app).stream()
                .flatMap(
                        claim ->
                                claim.destination()
                                                instanceof
                                                DesiredRoute.ToApp(ResourceId _, String process)
                                        ? Stream.of(process)
                                        : Stream.empty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The claim on a place; {@code null} when nobody makes one. */
    public @Nullable DesiredRoute at(String host, String path) {
        return byPlace.get(new Place(host, path));
    }

    @Override
    public DesiredRoute get(int index) {
        return byOwner.get(index);
    }

    @Override
    public int size() {
        return byOwner.size();
    }
}
