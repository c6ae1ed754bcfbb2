package dev.berth.reconciler.forge;

import java.util.List;

/**
 * What is wrong with a commit, line by line.
 *
 * @param name what is spoken of, such as {@code berth/plan}
 * @param passed false when the commit must not be used as it is
 * @param title one line
 * @param summary Markdown
 */
public record Check(
        String name, boolean passed, String title, String summary, List<Annotation> annotations) {
    public Check {
        annotations = List.copyOf(annotations);
    }

    /**
     * Something about a line.
     *
     * @param path in the repo, without a slash before it
     * @param line from 1
     * @param message plain text
     */
    public record Annotation(String path, int line, Level level, String message) {
        public Annotation {
            if (line < 1) {
                throw new IllegalArgumentException("lines are counted from 1: " + line);
            }
        }
    }

    /** How bad it is. */
    public enum Level {
        NOTICE,
        WARNING,
        FAILURE
    }
}
