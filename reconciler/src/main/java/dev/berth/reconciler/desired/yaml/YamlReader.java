package dev.berth.reconciler.desired.yaml;

import java.util.List;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads YAML 1.2 texts: only {@code true} and {@code false} are booleans, and {@code 010} is text.
 * Anchors, aliases and merge keys ({@code <<}) work within a document. Thread-safe.
 */
public final class YamlReader {
    /** How deep lists and mappings may nest. */
    public static final int MAX_DEPTH = 64;

    /** How many nodes the aliases of one text may stand for together. */
    public static final long MAX_ALIASED = 10_000;

    private final YAMLFactory factory = new YAMLFactory();

    /** Every document of the text that holds anything, in order. */
    public List<YamlDocument> read(String text) {
        AliasBudget budget = new AliasBudget(MAX_ALIASED);
        return DocumentSplitter.split(text).stream()
                .map(piece -> new DocumentParser(factory, piece, budget).parse())
                .toList();
    }
}
