package dev.berth.reconciler.converge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when containers have had to prove themselves. Work that is ended early leaves them to the
 * next, and their time runs on: else work that is ended again and again would never find that one
 * of them does not get ready. A restart of Berth forgets it, which costs one deadline. Thread-safe;
 * a container is one thread's. Times are {@link Clockwork#nanos}.
 */
final class Proofs {
    private final Map<ContainerId, Proof> begun = new ConcurrentHashMap<>();
    private final Set<ContainerId> underway = ConcurrentHashMap.newKeySet();

    /**
     * A proof that goes on.
     *
     * @param begin when the container was first looked at
     * @param state what it was last seen in
     * @param since from when on it was seen so, without an end
     */
    private record Proof(long begin, ContainerView.State state, long since) {}

    /** What is not to be proven any more, and is not being proven, has no proof either. */
    void retain(Collection<ContainerId> candidates) {
        begun.keySet().removeIf(id -> !candidates.contains(id) && !underway.contains(id));
    }

    /** It is being proven until {@link #left}. */
    void looking(ContainerId id) {
        underway.add(id);
    }

    /** It is not looked at for now. */
    void left(ContainerId id) {
        underway.remove(id);
    }

    /** True when work before this has begun to look at it. */
    boolean resumes(ContainerId id) {
        return begun.containsKey(id);
    }

    /** When it was first looked at: now, unless work before did. */
    long begin(ContainerView container, long now) {
        return seen(container, now).begin();
    }

    /** From when on it has been seen in its present state. */
    long unchangedSince(ContainerView container, long now) {
        return seen(container, now).since();
    }

    private Proof seen(ContainerView container, long now) {
        return begun.merge(
                container.id(),
                new Proof(now, container.state(), now),
                (before, anew) ->
                        before.state().equals(anew.state())
                                ? before
                                : new Proof(before.begin(), anew.state(), now));
    }

    /** It has ended, well or not: the next one begins anew. */
    void forget(ContainerId id) {
        begun.remove(id);
    }
}
