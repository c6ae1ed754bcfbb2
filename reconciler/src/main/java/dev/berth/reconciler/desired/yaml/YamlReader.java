package dev.berth.reconciler.desired.yaml;

import java.util.ArrayList;
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

    /** How many values one text may hold: each takes some hundred bytes of memory. */
    public static final long MAX_VALUES = 120_000;

    /** What a document takes besides its values. */
    private static final long PER_DOCUMENT = 4;

    private final YAMLFactory factory = new YAMLFactory();

    /** Every document of the text that holds anything, in order. */
    public List<YamlDocument> read(String text) {
        AliasBudget budget = new AliasBudget(MAX_ALIASED);
        AliasBudget values = new AliasBudget(MAX_VALUES);
        List<YamlDocument> documents = new ArrayList<>();
        for (DocumentSplitter.Piece piece : DocumentSplitter.split(text)) {
            if (!values.spend(PER_DOCUMENT)) {
                documents.add(unread(new Mark(piece.firstLine(), 1)));
                break;
            }
            documents.add(new DocumentParser(factory, piece, budget, values).parse());
        }
        return List.copyOf(documents);
    }

    /** One that may be anything, in place of all that follow. */
    private static YamlDocument unread(Mark at) {
        return new YamlDocument(at, null, List.of(tooMany(at)));
    }

    static Fault tooMany(Mark at) {
        return new Fault(
                at,
                Fault.Cause.LIMIT,
                "the file holds more than %d values: split it".formatted(MAX_VALUES));
    }
}
