package dev.berth.reconciler.source;

import dev.berth.schemas.config.App;

/** The repos that apps name in {@code spec.source.repo}, one watched source each. Thread-safe. */
public interface AppSources {
    /**
     * Where the repo and branch of an app's source stand. Looks at the remote when the last look is
     * an interval old or the repo is known to have changed, else repeats the last answer.
     *
     * @param source {@code repo} is set
     */
    SourceReading read(App.Source source);
}
