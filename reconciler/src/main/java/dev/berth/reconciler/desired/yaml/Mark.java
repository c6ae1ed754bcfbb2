package dev.berth.reconciler.desired.yaml;

import org.jspecify.annotations.Nullable;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column from 1, in characters (code points)
 * @param file the file when it is another one than that of the document; {@code null} = it is not
 */
public record Mark(int line, int column, @Nullable String file) {
    /** A place in the text of the document itself. */
    public Mark(int line, int column) {
        this(line, column, null);
    }
}
