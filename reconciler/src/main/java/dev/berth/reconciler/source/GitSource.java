package dev.berth.reconciler.source;

/**
 * One branch of one Git repo, watched. A call does at most one fetch and returns within its
 * deadline; failures are part of the answer. Thread-safe.
 */
public interface GitSource {
    /** Looks at the remote, fetches what is new and tells where the branch stands. */
    SourceReading latestVerified();
}
