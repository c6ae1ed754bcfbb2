package dev.berth.reconciler.source;

import java.util.Collection;

/** The repos that apps name in {@code spec.source.repo}, one watched source each. Thread-safe. */
public interface AppSources {
    /**
     * Where the repo and branch of an app's source stand. Looks at the remote when the last look is
     * an interval old or the repo is known to have changed, else repeats the last answer. A commit
     * that is named and is here is not looked for.
     */
    SourceReading read(SourceRef source);

    /**
     * Looks at several repos side by side, so that reading each of them afterwards waits for none
     * of the others. Returns when all have been looked at, or were given up, which takes about as
     * long as one read may.
     */
    default void lookAhead(Collection<SourceRef> sources) {}
}
