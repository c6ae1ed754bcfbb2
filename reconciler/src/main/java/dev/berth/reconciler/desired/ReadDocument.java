package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.ResourceId;
import org.jspecify.annotations.Nullable;

/**
 * One document of a config file, as far as it could be read.
 *
 * @param place where the document begins
 * @param id who it is about, as far as that can be told; always set when it is right
 * @param document {@code null} when something in it is wrong
 * @param root its tree, maybe cut off at a syntax error; {@code null} when nothing could be read
 * @param ours false when it can't ever have been meant for Berth
 */
record ReadDocument(
        String file,
        Location place,
        @Nullable ResourceId id,
        @Nullable Document document,
        @Nullable Node root,
        boolean ours) {

    ReadDocument broken() {
        return new ReadDocument(file, place, id, null, root, ours);
    }

    ReadDocument meant() {
        return new ReadDocument(file, place, id, document, root, true);
    }

    ReadDocument with(Document other) {
        return new ReadDocument(file, place, id, other, root, ours);
    }

    /** Where the value at these keys and indexes begins, or the nearest thing above it. */
    Location at(Object... path) {
        Mark mark = null;
        Node node = root;
        for (Object step : path) {
            node = child(node, step);
            if (node == null) {
                break;
            }
            mark = node.at();
        }
        return mark == null ? place : Location.of(file, mark);
    }

    /** The value at these keys and indexes. */
    @Nullable Node find(Object... path) {
        Node node = root;
        for (Object step : path) {
            node = child(node, step);
        }
        return node;
    }

    /** The text at these keys. */
    @Nullable String text(Object... path) {
        return find(path) instanceof Node.Scalar(_, Node.Type type, String text, _)
                        && type == Node.Type.TEXT
                ? text
                : null;
    }

    private static @Nullable Node child(@Nullable Node node, Object step) {
        if (node instanceof Node.Mapping mapping && step instanceof String key) {
            return mapping.get(key);
        }
        if (node instanceof Node.Sequence(_, var items, _)
                && step instanceof Integer index
                && index < items.size()) {
            return items.get(index);
        }
        return null;
    }
}
