package dev.berth.reconciler.desired.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value of a YAML document. Aliases share the node they name, so a small text can be a tree of
 * any size: {@link #weight()} tells how large before anything walks it. Never compare or hash
 * nodes.
 */
public sealed interface Node {
    /** Where it begins. */
    Mark at();

    /** How many nodes it has when every alias is followed, itself included. */
    long weight();

    /**
     * Text, a number, a boolean or nothing.
     *
     * @param sealed whether it was encrypted: no message may quote it then
     */
    record Scalar(Mark at, Type type, String text, boolean sealed) implements Node {
        /** One that stands in the clear. */
        public Scalar(Mark at, Type type, String text) {
            this(at, type, text, false);
        }

        @Override
        public String toString() {
            return sealed ? "***" : type + " " + text;
        }

        @Override
        public long weight() {
            return 1;
        }
    }

    /** A list. */
    record Sequence(Mark at, List<Node> items, long weight) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * A mapping.
     *
     * @param entries in the order of the text, a doubled key twice, merged entries last
     */
    record Mapping(Mark at, List<Entry> entries, long weight) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }

        /** The first value with that key. */
        public @Nullable Node get(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    /** A key of a mapping and its value. */
    record Entry(String key, Mark keyAt, Node value) {}

    /** What a scalar is, by the JSON schema of YAML 1.2 section 10.2. */
    enum Type {
        TEXT,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        NOTHING
    }
}
