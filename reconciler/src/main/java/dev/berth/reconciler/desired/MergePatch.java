package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON merge patch (RFC 7396 section 2) on trees: mappings are merged, {@code null} removes a
 * key, anything else replaces what was there. Each value keeps the place where it was written.
 */
final class MergePatch {
    private final Node.Mapping patch;

    /**
     * @param file where the patch was written
     */
    MergePatch(String file, Node.Mapping patch) {
        this.patch = (Node.Mapping) in(file, patch);
    }

    /** The tree with the patch. */
    Node.Mapping over(Node.Mapping target) {
        return merged(target, patch);
    }

    /** The places of all that it says. */
    Set<Mark> marks() {
        Set<Mark> marks = new HashSet<>();
        collect(patch, marks);
        return marks;
    }

    private static Node.Mapping merged(Node.Mapping target, Node.Mapping patch) {
        List<Node.Entry> entries = new ArrayList<>();
        for (Node.Entry entry : target.entries()) {
            Node.Entry change = entry(patch, entry.key());
            if (change == null) {
                entries.add(entry);
            } else if (!isNothing(change.value())) {
                entries.add(
                        new Node.Entry(
                                entry.key(),
                                change.keyAt(),
                                merged(entry.value(), change.value())));
            }
        }
        for (Node.Entry change : patch.entries()) {
            if (entry(target, change.key()) == null && !isNothing(change.value())) {
                entries.add(new Node.Entry(change.key(), change.keyAt(), withoutNothing(change)));
            }
        }
        return mapping(target.at(), entries);
    }

    private static Node merged(Node target, Node change) {
        if (!(change instanceof Node.Mapping patch)) {
            return change;
        }
        return target instanceof Node.Mapping mapping
                ? merged(mapping, patch)
                : merged(mapping(patch.at(), List.of()), patch);
    }

    private static Node withoutNothing(Node.Entry change) {
        return change.value() instanceof Node.Mapping patch
                ? merged(mapping(patch.at(), List.of()), patch)
                : change.value();
    }

    private static Node.@Nullable Entry entry(Node.Mapping mapping, String key) {
        for (Node.Entry entry : mapping.entries()) {
            if (entry.key().equals(key)) {
                return entry;
            }
        }
        return null;
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Scalar(_, Node.Type type, _, _) && type == Node.Type.NOTHING;
    }

    private static Node.Mapping mapping(Mark at, List<Node.Entry> entries) {
        long weight = 1;
        for (Node.Entry entry : entries) {
            weight += entry.value().weight();
        }
        return new Node.Mapping(at, entries, weight);
    }

    private static Node in(String file, Node node) {
        return switch (node) {
            case Node.Scalar(Mark at, Node.Type type, String text, boolean sealed) ->
                    new Node.Scalar(in(file, at), type, text, sealed);
            case Node.Sequence(Mark at, List<Node> items, long weight) ->
                    new Node.Sequence(
                            in(file, at), items.stream().map(i -> in(file, i)).toList(), weight);
            case Node.Mapping(Mark at, List<Node.Entry> entries, long weight) ->
                    new Node.Mapping(
                            in(file, at),
                            entries.stream()
                                    .map(
                                            e ->
                                                    new Node.Entry(
                                                            e.key(),
                                                            in(file, e.keyAt()),
                                                            in(file, e.value())))
                                    .toList(),
                            weight);
        };
    }

    private static Mark in(String file, Mark mark) {
        return new Mark(mark.line(), mark.column(), file);
    }

    private static void collect(Node node, Set<Mark> marks) {
        marks.add(node.at());
        switch (node) {
            case Node.Scalar _ -> {}
            case Node.Sequence sequence -> sequence.items().forEach(i -> collect(i, marks));
            case Node.Mapping mapping ->
                    mapping.entries()
                            .forEach(
                                    e -> {
                                        marks.add(e.keyAt());
                                        collect(e.value(), marks);
                                    });
        }
    }
}
