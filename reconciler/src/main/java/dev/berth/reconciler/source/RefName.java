package dev.berth.reconciler.source;

import dev.berth.schemas.config.App;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/**
 * A branch or a tag that is followed.
 *
 * @param text short name of a branch, {@code main}, or full name of a tag, {@code refs/tags/v1}: no
 *     branch may be named like that
 */
record RefName(String text) {
    /** The name that a ref has in a repo, as {@link #text} writes it. */
    static String of(String fullName) {
        return fullName.startsWith(App.Source.TAGS)
                ? fullName
                : Repository.shortenRefName(fullName);
    }

    /** As the repo has it. */
    String full() {
        return isTag() ? text : Constants.R_HEADS + text;
    }

    boolean isTag() {
        return text.startsWith(App.Source.TAGS);
    }

    /** For people: {@code branch main}, {@code tag v1}. */
    String words() {
        return isTag() ? "tag " + text.substring(App.Source.TAGS.length()) : "branch " + text;
    }
}
