package dev.berth.reconciler.forge;

import org.jspecify.annotations.Nullable;

/**
 * What Berth says of a commit.
 *
 * @param context what is spoken of, such as {@code berth/plan} or {@code berth/deploy/shop}: a
 *     later one with the same context counts in its place
 * @param description for people, in one line; cut to 140 characters, which is what all forges take
 * @param url where to read on; {@code null} = nowhere
 */
public record CommitStatus(String context, State state, String description, @Nullable String url) {
    private static final int MOST = 140;

    public CommitStatus {
        if (context.isBlank()) {
            throw new IllegalArgumentException("a status speaks of something");
        }
        description = cut(description.replaceAll("\\s+", " ").strip());
    }

    /** How it stands. */
    public enum State {
        /** It is under way. */
        PENDING,
        /** It is done, and well. */
        SUCCESS,
        /** It has failed for what the commit has in it. */
        FAILURE,
        /** It could not be done, for another cause. */
        ERROR
    }

    private static String cut(String text) {
        if (text.length() <= MOST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MOST - 2)) ? MOST - 2 : MOST - 1;
        return text.substring(0, end) + "…";
    }
}
