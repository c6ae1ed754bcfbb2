package dev.berth.reconciler.desired;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One config file of a tree, as read.
 *
 * @param text {@code null} when it could not be read as text
 * @param documents what it holds; none when it could not be read
 */
record ConfigFile(String path, @Nullable String text, List<ReadDocument> documents) {
    ConfigFile {
        documents = List.copyOf(documents);
    }

    /** The same, where all that it holds is meant for Berth, however little it looks so. */
    ConfigFile meant() {
        return documents.stream().anyMatch(ReadDocument::ours)
                ? this
                : new ConfigFile(path, text, documents.stream().map(ReadDocument::meant).toList());
    }
}
