package dev.berth.reconciler.desired;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Redactor;
import dev.berth.reconciler.source.Revision;
import org.jspecify.annotations.Nullable;

/**
 * The last load, if another one after it would give the same: either it has left what is remembered
 * as it was, or nothing older is needed, as every document counts as it is. As long as what it
 * would be made from is the same, so is what comes of it.
 *
 * @param sources knows what other repos said
 * @param previews knows which there were to be
 */
record LastLoad(
        Inputs inputs,
        SourceResolver sources,
        PreviewExpansion previews,
        DesiredState.Known state) {
    /**
     * What a load is made from, beside other repos.
     *
     * @param treeId of the root of the config tree; {@code null} when it is empty
     * @param images what code is built from that has no Dockerfile
     * @param keys open what is encrypted
     * @param redactor of the vault, which gets another one whenever its values change
     */
    record Inputs(
            Revision revision,
            @Nullable String treeId,
            LastGood.Memory memory,
            Catalog images,
            AgeKeys keys,
            Redactor redactor) {
        /** Those of the next load, if nothing else changes. */
        Inputs after(LastGood.Memory remembered, Redactor redacts) {
            return new Inputs(revision, treeId, remembered, images, keys, redacts);
        }
    }

    /**
     * True when a load from that would give the same.
     *
     * @throws ReconcileException if the config tree can't be read
     */
    boolean holds(Inputs now, SourceResolver asks) throws ReconcileException {
        return inputs.equals(now) && previews.repeats() && asks.repeats(sources);
    }
}
