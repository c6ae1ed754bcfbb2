package dev.berth.reconciler.source;

import dev.berth.schemas.config.App;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/**
 * A branch or another ref that is followed.
 *
 * @param text short name of a branch, {@code main}, or full name of another ref, {@code
 *     refs/tags/v1}, {@code refs/pull/12/head}: no branch may be named like that
 */
record RefName(String text) {
    /** The name that a ref has in a repo, as {@link #text} writes it. */
    static String of(String fullName) {
        return fullName.startsWith(Constants.R_HEADS)
                ? Repository.shortenRefName(fullName)
                : fullName;
    }

    /** As the repo has it. */
    String full() {
        return text.startsWith(Constants.R_REFS) ? text : Constants.R_HEADS + text;
    }

    boolean isTag() {
        return text.startsWith(App.Source.TAGS);
    }

    /** For people: {@code branch main}, {@code tag v1}, {@code ref pull/12/head}. */
    String words() {
        if (isTag()) {
            return "tag " + text.substring(App.Source.TAGS.length());
        }
        return text.startsWith(Constants.R_REFS)
                ? "ref " + text.substring(Constants.R_REFS.length())
                : "branch " + text;
    }
}
