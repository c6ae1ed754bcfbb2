package dev.berth.reconciler.desired;

import dev.berth.reconciler.source.SourcePin;
import org.jspecify.annotations.Nullable;

/** Where the code or files of an app come from. */
sealed interface SourceAnswer {
    /** It has none: it runs an image. */
    record Image() implements SourceAnswer {}

    /**
     * This directory of this commit.
     *
     * @param recipe how it is built; {@code null} = its files are served, as the document says
     * @param note why it may not be the newest; {@code null} when it is
     * @param unread whether that is because the newest can't be read now
     */
    record Pinned(SourcePin pin, @Nullable Recipe recipe, @Nullable String note, boolean unread)
            implements SourceAnswer {
        /** One of what could be read. */
        Pinned(SourcePin pin, @Nullable Recipe recipe, @Nullable String note) {
            this(pin, recipe, note, false);
        }
    }

    /** The document says something that the tree does not bear out. */
    record Wrong(String path, String message) implements SourceAnswer {}

    /** The repo can't be read. */
    record Unreadable(String cause) implements SourceAnswer {}
}
