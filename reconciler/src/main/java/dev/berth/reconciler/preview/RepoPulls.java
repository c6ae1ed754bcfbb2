package dev.berth.reconciler.preview;

import java.util.List;

/** What is open in a repo. */
public sealed interface RepoPulls {
    /**
     * What was seen open and has not been seen to be closed.
     *
     * @param pulls by number
     * @param branches by name; only those that somebody asked for
     */
    record Known(List<OpenPull> pulls, List<OpenBranch> branches) implements RepoPulls {
        public Known {
            pulls = List.copyOf(pulls);
            branches = List.copyOf(branches);
        }
    }

    /** Nobody has told yet. Never means that nothing is open. */
    record Unknown(String cause) implements RepoPulls {}
}
