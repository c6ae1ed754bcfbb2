package dev.berth.reconciler.source;

import dev.berth.schemas.config.App;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * A commit as people name it: {@code main}, {@code v1}, {@code tags/v1}, {@code pull/12}, {@code
 * refs/merge-requests/3/head}, or 4 to 40 digits of its id.
 *
 * @param text as it was written
 * @param refs full names of refs that it may mean, the likeliest first
 * @param digits hex digits of a commit's id, small letters; {@code null} when it can't be one
 */
record AskedRef(String text, List<String> refs, @Nullable String digits) {
    private static final Pattern PULL =
            Pattern.compile("(?:pull|pulls|merge-requests|pull-requests)/([1-9][0-9]{0,9})");
    private static final Pattern DIGITS = Pattern.compile("[0-9a-fA-F]{4,40}");

    /** What a name may mean; no ref at all when Git allows none of that name. */
    static AskedRef of(String text) {
        List<String> refs = new ArrayList<>();
        Matcher pull = PULL.matcher(text);
        if (pull.matches()) {
            String number = pull.group(1);
            refs.add("refs/pull/%s/head".formatted(number)); // GitHub, Gitea, Forgejo
            refs.add("refs/merge-requests/%s/head".formatted(number)); // GitLab
            refs.add("refs/pull-requests/%s/from".formatted(number)); // Bitbucket Server
        }
        if (text.startsWith(Constants.R_REFS)) {
            refs.add(text);
        } else {
            refs.add(Constants.R_HEADS + text);
            refs.add(App.Source.TAGS + text);
            refs.add(Constants.R_REFS + text);
        }
        refs.removeIf(name -> !Repository.isValidRefName(name));
        return new AskedRef(
                text,
                List.copyOf(refs),
                DIGITS.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null);
    }

    /** True for a whole id. */
    boolean isWhole() {
        return digits != null && digits.length() == Constants.OBJECT_ID_STRING_LENGTH;
    }

    /** What the ref that was found is called in plans: short where that is clear. */
    String shown(@Nullable String found) {
        return found == null || PULL.matcher(text).matches() ? text : RefName.of(found);
    }
}
