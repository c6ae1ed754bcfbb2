package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import java.util.Collection;

/** Opens the tree of a commit that was read earlier. Thread-safe. */
public interface PinnedTrees {
    /**
     * The tree of the pin's commit, rooted at the repo's root. The commit is kept from now on,
     * whatever happens to its branch.
     *
     * @throws ReconcileException.Transient if the commit is not in the local object store and can't
     *     be fetched by its id
     */
    ConfigTree open(SourcePin pin) throws ReconcileException;

    /**
     * Lets go of every commit that was pinned and is not any more. Only to be called when the
     * desired state is known.
     */
    void retain(Collection<SourcePin> inUse);
}
