package dev.berth.reconciler.preview;

import dev.berth.schemas.config.App;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is told of a repo, as one app looks at it. Pure.
 *
 * @param known what is told to be open
 * @param ended keys of previews whose pull request or branch is told to have ended
 * @param seen keys of all that this process was told of itself; the rest an older one wrote down
 * @param lives by key, the app's previews that there are, with commits they are of
 * @param hasForge whether a forge is asked; else webhooks alone say that a pull request is closed
 */
record AppView(
        PreviewRules rules,
        RepoPulls.Known known,
        SortedSet<String> ended,
        SortedSet<String> seen,
        SortedMap<String, Set<String>> lives,
        boolean hasForge) {

    /** What each is to the app; what lives has its place, though nobody knows more of it. */
    List<Preview> decide(SortedMap<String, Instant> turns, Instant now) {
        return rules.decide(known, turns, open(), now);
    }

    /** Since when each of those fits. */
    SortedMap<String, Instant> turns(
            List<Preview> decided, SortedMap<String, Instant> turns, Instant now) {
        SortedMap<String, Instant> next = PreviewRules.turns(decided, turns, now);
        NavigableSet<String> unknown = open();
        decided.forEach(preview -> unknown.remove(preview.id().key()));
        unknown.forEach(key -> next.put(key, Instant.EPOCH));
        return next;
    }

    /** Those that live, and of which nothing proves that they have ended. */
    private NavigableSet<String> open() {
        NavigableSet<String> open = new TreeSet<>(lives.keySet());
        open.removeAll(over());
        return open;
    }

    /**
     * Those whose pull request or branch has ended for sure. Of a preview that lives nothing counts
     * that this process was not told itself; without a forge it is told that by nobody but
     * webhooks, once.
     */
    private NavigableSet<String> over() {
        NavigableSet<String> over = new TreeSet<>();
        for (String key : ended) {
            boolean mayBeOlder = lives.containsKey(key) && (hasForge || !PullPage.isOfPull(key));
            if (!mayBeOlder || seen.contains(key)) {
                over.add(key);
            }
        }
        return over;
    }

    /** What an older process wrote makes nothing, and takes nothing back that has gone on. */
    List<Preview> certain(List<Preview> decided) {
        return decided.stream().filter(this::isCertain).toList();
    }

    private boolean isCertain(Preview preview) {
        String key = preview.id().key();
        return switch (preview.verdict()) {
            case Preview.Wanted wanted ->
                    seen.contains(key)
                            || lives.getOrDefault(key, Set.of()).contains(wanted.commit());
            case Preview.Queued _, Preview.Refused _ -> true;
        };
    }

    /** What is proven to have ended, or to fit no more. */
    SortedSet<String> ended(List<Preview> decided) {
        SortedSet<String> keys = over();
        Set<String> matching = new HashSet<>();
        for (Preview preview : decided) {
            String key = preview.id().key();
            matching.add(key);
            if (isNoMore(preview.verdict()) && seen.contains(key)) {
                keys.add(key);
            }
        }
        for (String key : lives.keySet()) {
            boolean isWithoutRule =
                    rules.rules().branches().isEmpty()
                            || (seen.contains(key) && !matching.contains(key));
            if (!PullPage.isOfPull(key) && isWithoutRule) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Who let a fork in may be forgotten; that nobody did does not follow. */
    private boolean isNoMore(Preview.Verdict verdict) {
        return switch (verdict) {
            case Preview.Wanted _ -> false;
            case Preview.Queued _ -> true;
            case Preview.Refused(Preview.Why why, String _) ->
                    why != Preview.Why.FORK || rules.rules().forks() == App.Forks.DENY;
        };
    }
}
