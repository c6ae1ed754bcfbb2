package dev.berth.reconciler.forge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who gave a pull request a label last.
 *
 * @param by login name; {@code null} when it does not have the label, or the account is gone
 * @param mayWrite true when they may write to the repo now, are a person as far as is told, and the
 *     head was not put elsewhere since: a push away and back leaves the same commit, which they may
 *     never have seen
 * @param at when, by the forge's clock; {@code null} as {@code by}. What was pushed later was not
 *     seen by them.
 */
public record Labeled(@Nullable String by, boolean mayWrite, @Nullable Instant at) {
    /** It was nobody. */
    public static final Labeled BY_NOBODY = new Labeled(null, false, null);
}
