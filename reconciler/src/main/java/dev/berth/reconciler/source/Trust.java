package dev.berth.reconciler.source;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is known of a branch that is followed.
 *
 * @param revision the last commit that was as its rules wanted it
 * @param rules who may sign what follows it, as the last tree said that could be understood
 * @param known commits that were followed, or lie right before one, newest first: history that
 *     leads to one of them needs no more looking at
 */
record Trust(Revision revision, VerifyPolicy rules, List<String> known) {
    private static final int MOST = 512;

    Trust {
        known = List.copyOf(known);
    }

    /** After another commit was followed, and what it brought. */
    static List<String> merged(List<String> before, Stream<String> brought) {
        Set<String> all = new LinkedHashSet<>();
        brought.limit(MOST).forEach(all::add);
        all.addAll(before);
        return all.stream().limit(MOST).toList();
    }
}
