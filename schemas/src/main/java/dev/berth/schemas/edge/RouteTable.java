package dev.berth.schemas.edge;

import dev.berth.schemas.Json;
import dev.berth.schemas.config.ByOwner;
import dev.berth.schemas.config.ResourceId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every route of an instance, and who is believed about where requests come from. Two tables with
 * the same routes are equal, whatever their order was.
 *
 * @param routes sorted by host, then path
 * @param front proxies before the edge
 */
public record RouteTable(List<Route> routes, @Nullable FrontProxies front) {
    public static final RouteTable EMPTY = new RouteTable(List.of());

    public RouteTable {
        // Tables on disk may be older than the field.
        front = front == null ? FrontProxies.NONE : front;
        routes =
                ByOwner.of(
                        routes.stream()
                                .sorted(
                                        Comparator.comparing(Route::host)
                                                .thenComparing(Route::path))
                                .toList(),
                        Route::owner);
    }

    /** Without proxies before the edge. */
    public RouteTable(List<Route> routes) {
        this(routes, FrontProxies.NONE);
    }

    @Override
    public FrontProxies front() {
        return front == null ? FrontProxies.NONE : front;
    }

    /** The same routes behind other proxies. */
    public RouteTable behind(FrontProxies proxies) {
        return new RouteTable(routes, proxies);
    }

    /** The routes that a resource declared. */
    public List<Route> ownedBy(ResourceId owner) {
        return ByOwner.of(routes, Route::owner).of(owner);
    }

    /**
     * This table with an owner's routes replaced by others; an empty list removes them. A host and
     * path that another owner had is taken over, so that a claim can move without a gap.
     */
    public RouteTable with(ResourceId owner, List<Route> replacement) {
        return new RouteTable(
                Stream.concat(
                                routes.stream()
                                        .filter(route -> !route.owner().equals(owner))
                                        .filter(
                                                route ->
                                                        replacement.stream()
                                                                .noneMatch(route::samePlace)),
                                replacement.stream())
                        .toList(),
                front);
    }

    /** 16 hex digits that differ when the routes differ (SHA-256 of the JSON form). */
    public String digest() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(Json.write(this).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
