package dev.berth.reconciler.simulation;

import dev.berth.reconciler.simulation.Event.Hand;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What people have laid hands on, and how long control may not know: until it has looked, and what
 * it had begun before that is over.
 */
final class Hits {
    /** So long what was begun before a look may take, with an engine that is slow. */
    private static final long LATELY = Duration.ofMinutes(2).toNanos();

    /** Of the world. */
    private final Map<String, Hit> hits;

    /** Of one control: the look that saw a hit, by the container. */
    private final Map<String, Long> seen = new HashMap<>();

    Hits() {
        hits = new HashMap<>();
    }

    /** The same, seen by another control. */
    Hits(Hits other) {
        hits = other.hits;
    }

    private record Hit(String app, Hand hand, long at) {}

    /** Somebody lays hands on a container. */
    void hit(String shortId, String app, Hand hand, long now) {
        hits.put(shortId, new Hit(app, hand, now));
    }

    /** Control has seen all containers. */
    void looked(long now) {
        hits.forEach((id, hit) -> seen.merge(id, now, (old, at) -> old < hit.at() ? at : old));
    }

    /** True when anybody ever laid hands on it. */
    boolean was(String shortId) {
        return hits.containsKey(shortId);
    }

    /** True when anybody ever laid hands on a container of an app or job of that name. */
    boolean some(String owner) {
        return hits.values().stream().anyMatch(hit -> hit.app().equals(owner));
    }

    /** True when it may not run, or answer, without control's knowing that. */
    boolean mayBeDown(String shortId, long now) {
        Hit hit = hits.get(shortId);
        return hit != null && canEnd(hit.hand()) && isUnknown(shortId, hit, now);
    }

    /** The same of some container of an app. */
    boolean someMayBeDown(String app, long now) {
        return hits.entrySet().stream()
                .anyMatch(e -> e.getValue().app().equals(app) && mayBeDown(e.getKey(), now));
    }

    /** True when it may run although control has stopped it. */
    boolean mayBeUp(String shortId) {
        Hit hit = hits.get(shortId);
        return hit != null && hit.hand() == Hand.START;
    }

    private boolean isUnknown(String shortId, Hit hit, long now) {
        Long look = seen.get(shortId);
        return look == null || look < hit.at() || now - look < LATELY;
    }

    private static boolean canEnd(Hand hand) {
        return switch (hand) {
            case REMOVE, STOP, PAUSE, DISCONNECT, CRASH, CRASH_LOOP, START, REMOVE_NETWORK -> true;
            case SET_MEMORY, SET_RESTART_POLICY, RENAME, REMOVE_IMAGE -> false;
        };
    }
}
