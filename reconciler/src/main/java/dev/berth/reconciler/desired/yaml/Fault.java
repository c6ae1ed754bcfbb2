package dev.berth.reconciler.desired.yaml;

/**
 * Why a document could not be read to its end.
 *
 * @param message what is wrong and what to do; no full stop at its end
 */
public record Fault(Mark at, Cause cause, String message) {

    /** What kind of fault. */
    public enum Cause {
        /** It is not YAML, or YAML that means nothing here. */
        SYNTAX,
        /** It is nested or aliased beyond reason. */
        LIMIT
    }
}
