package dev.berth.reconciler.converge;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Since when containers have had to prove themselves. A pass that is ended early leaves them to the
 * next, and their time runs on: else a pass that is ended again and again would never find that one
 * of them does not get ready. A restart of Berth forgets it, which costs one deadline. Thread-safe;
 * a container is one thread's. Times are {@link Clockwork#nanos}.
 */
final class Proofs {
    private final Map<ContainerId, Proof> begun = new ConcurrentHashMap<>();

    /**
     * A proof that goes on.
     *
     * @param begin when the container was first looked at
     * @param state what it was last seen in
     * @param since from when on it was seen so, without an end
     */
    private record Proof(long begin, ContainerView.State state, long since) {}

    /** What is not to be proven any more has no proof either. */
    void retain(Collection<ContainerId> candidates) {
        begun.keySet().retainAll(candidates);
    }

    /** True when a pass before this one has begun to look at it. */
    boolean resumes(ContainerId id) {
        return begun.containsKey(id);
    }

    /** When it was first looked at: now, unless a pass before did. */
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
