package dev.berth.reconciler.forge;

import java.util.List;

/**
 * One comment of ours at a pull request, which says what holds now. It is told from others by a
 * comment of HTML in its first line, which nobody sees.
 *
 * @param text with that line
 */
record StickyComment(String marker, String text) {
    private static final int MOST = 60_000;
    private static final String CUT = "\n\n_This is not all: it was too long._";

    /** A comment that is there. */
    record Found(long id, String text) {}

    /** What is to be done. */
    sealed interface Step {}

    /** It says that already. */
    record Nothing() implements Step {}

    /** There is none. */
    record Write() implements Step {}

    /** It says something else. */
    record Edit(long id) implements Step {}

    /** One that says that. */
    static StickyComment of(String name, String markdown) {
        if (!name.matches("[A-Za-z0-9._/-]{1,200}") || name.contains("--")) {
            throw new IllegalArgumentException("no name for a marker: " + name);
        }
        String marker = "<!-- berth:%s -->".formatted(name);
        return new StickyComment(marker, marker + "\n" + cut(markdown.strip()));
    }

    /** Ends at a line, and lets no block of code run on into what follows. */
    private static String cut(String markdown) {
        if (markdown.length() <= MOST) {
            return markdown;
        }
        int line = markdown.lastIndexOf('\n', MOST);
        String kept = markdown.substring(0, line < MOST / 2 ? MOST : line);
        long fences = kept.lines().filter(l -> l.stripLeading().startsWith("```")).count();
        return kept + (fences % 2 == 1 ? "\n```" : "") + CUT;
    }

    /**
     * What is to be done.
     *
     * @param ours our own comments, the oldest first; strangers may have written the marker, too
     */
    Step among(List<Found> ours) {
        for (Found comment : ours) {
            if (comment.text().stripLeading().startsWith(marker)) {
                return plain(comment.text()).equals(plain(text))
                        ? new Nothing()
                        : new Edit(comment.id());
            }
        }
        return new Write();
    }

    /** Forges change the ends of lines. */
    private static String plain(String text) {
        return text.replace("\r", "").strip();
    }
}
