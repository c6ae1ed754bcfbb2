package dev.berth.reconciler.desired.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where in a text its values and comments are, so that some of them can be replaced and all else
 * stays as people wrote it. Aliases, anchors, tags and merge keys are faults: a value that stands
 * in two places can't be replaced in one.
 *
 * @param documents in order; one without a mapping at its root is a fault
 * @param fault why the text could not be outlined to its end
 */
public record YamlOutline(List<Document> documents, @Nullable Fault fault) {
    public YamlOutline {
        documents = List.copyOf(documents);
    }

    /** Outlines a text; comments are looked for only if asked, because that is slower. */
    public static YamlOutline of(String text, boolean withComments) {
        return new OutlineBuilder(text, withComments).build();
    }

    /**
     * One document.
     *
     * @param top the keys of its root
     * @param leaves its scalars, in the order of the text; keys are none
     * @param contentEnd where its last value or comment ends
     */
    public record Document(
            List<Top> top, List<Leaf> leaves, List<Comment> comments, int contentEnd) {
        public Document {
            top = List.copyOf(top);
            leaves = List.copyOf(leaves);
            comments = List.copyOf(comments);
        }

        /** The first with that name. */
        public @Nullable Top top(String key) {
            return top.stream().filter(t -> t.key().equals(key)).findFirst().orElse(null);
        }
    }

    /**
     * A key of a document's root with its value.
     *
     * @param start offset of the key, in code points; {@code end} that of the end of the value's
     *     last scalar
     * @param inFlow whether the root is written in braces
     */
    public record Top(String key, Mark at, boolean inFlow, int start, int end) {}

    /**
     * A scalar that is a value.
     *
     * @param path the keys that lead to it; places in lists are no part of it
     * @param plain whether it was written without quotes and not as a block, so that its text may
     *     mean a number
     * @param inFlow whether it stands within brackets or braces
     * @param start offset of its first character, in code points; {@code end} behind its last one;
     *     equal for a value that is not there
     */
    public record Leaf(
            List<String> path,
            Mark at,
            boolean plain,
            boolean inFlow,
            int start,
            int end,
            String text) {
        public Leaf {
            path = List.copyOf(path);
        }
    }

    /**
     * A comment of one line.
     *
     * @param path the keys that lead to the mapping or list whose indentation it has
     * @param start offset of its {@code #}, in code points; {@code end} behind its last character
     * @param text what follows the {@code #}
     */
    public record Comment(List<String> path, int start, int end, String text) {
        public Comment {
            path = List.copyOf(path);
        }
    }
}
