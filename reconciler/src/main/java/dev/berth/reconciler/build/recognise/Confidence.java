package dev.berth.reconciler.build.recognise;

/** How sure it is that a directory is what somebody takes it for; the surest first. */
public enum Confidence {
    /** The author says so, by a Dockerfile. */
    CERTAIN,
    /** A framework is named in the manifest of its language. */
    HIGH,
    /** There is a manifest of the language. */
    MEDIUM,
    /** Only names of files speak for it, or something surer is beside it. */
    LOW
}
