package dev.berth.proxy.guard;

import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Makes the guards of routes. Buckets of a rate limit live as long as a route has that limit, so
 * that a new table gives nobody new tokens. Thread-safe.
 */
public final class GuardFactory {
    private final ConcurrentMap<String, RateBuckets> buckets = new ConcurrentHashMap<>();
    private final PasswordHashes hashes;
    private final LongSupplier nanoTime;

    /**
     * A factory.
     *
     * @param nanoTime as {@link System#nanoTime}
     */
    public GuardFactory(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.hashes = new PasswordHashes(nanoTime);
    }

    /** The guards of a route, in the order in which they are asked. */
    public RouteGuards of(Route route) {
        Policy policy = route.policy();
        List<Guard> guards = new ArrayList<>();
        if (policy.addresses() != null) {
            guards.add(new AddressGuard(policy.addresses()));
        }
        if (policy.rateLimit() != null) {
            guards.add(new RateGuard(buckets(place(route), policy.rateLimit())));
        }
        if (policy.maxBodyBytes() != null) {
            guards.add(new BodyGuard(policy.maxBodyBytes()));
        }
        if (policy.password() != null) {
            guards.add(new PasswordGuard(policy.password(), hashes));
        }
        return guards.isEmpty() ? RouteGuards.NONE : new RouteGuards(guards);
    }

    /** Forgets the buckets of all other routes. */
    public void retain(List<Route> routes) {
        Set<String> places = ConcurrentHashMap.newKeySet();
        routes.forEach(route -> places.add(place(route)));
        buckets.keySet().retainAll(places);
    }

    private RateBuckets buckets(String place, Policy.RateLimit limit) {
        return buckets.compute(
                place,
                (_, known) ->
                        known != null && known.limit().equals(limit)
                                ? known
                                : new RateBuckets(limit, nanoTime));
    }

    private static String place(Route route) {
        return route.host() + route.path();
    }
}
