package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;

/** Opens the tree of a commit that was read earlier. Thread-safe. */
public interface PinnedTrees {
    /**
     * The tree of the pin's commit, rooted at the repo's root.
     *
     * @throws ReconcileException.Transient if the commit is not in the local object store
     */
    ConfigTree open(SourcePin pin) throws ReconcileException;
}
