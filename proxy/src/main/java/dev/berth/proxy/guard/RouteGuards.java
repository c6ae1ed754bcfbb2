package dev.berth.proxy.guard;

import dev.berth.proxy.http.RequestHead;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The guards of one route, the cheap ones first: a request that one of them refuses costs the
 * others nothing. Immutable.
 */
public final class RouteGuards {
    /** Of a route that anybody may ask anything. */
    public static final RouteGuards NONE = new RouteGuards(List.of());

    private final List<Guard> guards;

    RouteGuards(List<Guard> guards) {
        this.guards = List.copyOf(guards);
    }

    /** Whether there is nothing to ask. */
    public boolean isEmpty() {
        return guards.isEmpty();
    }

    /** Those that a request has not passed by passing these others. */
    public RouteGuards beyond(RouteGuards passed) {
        if (guards.isEmpty() || passed.guards.isEmpty()) {
            return this;
        }
        Set<Object> rules = new HashSet<>();
        passed.guards.forEach(guard -> rules.add(guard.rule()));
        return new RouteGuards(
                guards.stream().filter(guard -> !rules.contains(guard.rule())).toList());
    }

    /** Whether the request may go on. */
    public Verdict check(RequestHead request) {
        for (Guard guard : guards) {
            Verdict verdict = guard.check(request);
            if (!(verdict instanceof Verdict.Pass)) {
                return verdict;
            }
        }
        return Verdict.PASS;
    }
}
