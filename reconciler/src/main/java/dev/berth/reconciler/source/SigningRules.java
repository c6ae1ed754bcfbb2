package dev.berth.reconciler.source;

import dev.berth.reconciler.ReconcileException;
import org.jspecify.annotations.Nullable;

/** Reads from the files of a commit who may sign the commits that follow it. */
@FunctionalInterface
public interface SigningRules {
    /**
     * What the tree says.
     *
     * @return {@code null} when it can't be understood, which changes nothing
     * @throws ReconcileException if the tree can't be read
     */
    @Nullable VerifyPolicy of(ConfigTree tree) throws ReconcileException;
}
