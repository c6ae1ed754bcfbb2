package dev.berth.reconciler.preview;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pull requests and branches of one repo by its own refs. A commit that no branch of
 * the repo has comes out of a fork. For one thread at a time.
 */
final class RefLook {
    private static final Logger LOG = LoggerFactory.getLogger(RefLook.class);

    private static final String HEADS = "refs/heads/";

    /** Where repos have the heads of their pull requests: GitHub and Gitea, GitLab, Bitbucket. */
    private static final Map<String, String> PULLS =
            Map.of(
                    "refs/pull/", "/head",
                    "refs/merge-requests/", "/head",
                    "refs/pull-requests/", "/from");

    /** What the full names begin with of all refs that are looked at. */
    static final List<String> PREFIXES =
            Stream.concat(Stream.of(HEADS), PULLS.keySet().stream()).sorted().toList();

    private final PullNotes notes;
    private final Set<Integer> homeless = new HashSet<>();

    RefLook(PullNotes notes) {
        this.notes = notes;
    }

    /** These are its branches; none at all is an answer of nobody who knows. */
    void branches(SortedMap<String, String> refs) {
        Map<String, String> branches = named(refs);
        if (!branches.isEmpty()) {
            notes.note((page, now) -> page.branches(branches, now));
        }
    }

    private static Map<String, String> named(SortedMap<String, String> refs) {
        Map<String, String> branches = new TreeMap<>();
        refs.forEach(
                (name, commit) -> {
                    if (name.startsWith(HEADS)) {
                        branches.put(name.substring(HEADS.length()), commit);
                    }
                });
        return branches;
    }

    /**
     * A moment may lie between a branch and its pull request: one whose commit no branch has stays
     * where it was. One that the repo itself has dropped is closed, when that stays so. That no
     * more are open is said by nobody.
     */
    void look(SortedMap<String, String> refs) {
        Map<String, String> branches = named(refs);
        notes.note(PullPage::answered);
        notes.note(PullPage::presume);
        for (OpenPull pull : notes.ask(PullPage::open)) {
            String ref = pullRef(pull, refs);
            String commit = ref == null ? null : refs.get(ref);
            Instant now = notes.clock().instant();
            if (ref == null || commit == null) {
                boolean lives = notes.ask(page -> page.lives(pull.number()));
                if (branches.isEmpty()) {
                    continue; // nobody who knows has answered
                }
                if (pull.isKnown() || lives) {
                    notes.note(page -> page.lost(pull.number(), now));
                } else {
                    sayHomeless(pull.number());
                    notes.note(page -> page.unfound(pull.number(), now));
                }
                continue;
            }
            String branch =
                    branches.entrySet().stream()
                            .filter(each -> each.getValue().equals(commit))
                            .map(Map.Entry::getKey)
                            .findFirst()
                            .orElse(null);
            UnaryOperator<OpenPull> own =
                    branch == null ? null : open -> open.ownCode(ref, commit, branch, now);
            notes.note(page -> page.found(pull.number(), commit, own, now));
        }
    }

    private void sayHomeless(int number) {
        if (homeless.add(number)) {
            LOG.warn(
                    "pull request {} of {} is said to be open, but the repo shows no ref of its"
                            + " commit (Bitbucket Cloud and Azure DevOps have none): it has no"
                            + " preview; previews.branches needs none",
                    number,
                    notes.repo());
        }
    }

    private static @Nullable String pullRef(OpenPull pull, SortedMap<String, String> refs) {
        return PULLS.entrySet().stream()
                .map(where -> where.getKey() + pull.number() + where.getValue())
                .filter(ref -> refs.containsKey(ref))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
