package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.shape.Field;
import dev.berth.schemas.config.shape.Shape;
import dev.berth.schemas.config.shape.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Puts the values of variables where documents name them: <code>${NAME}</code> in the fields that
 * their schema marks, and nowhere else. {@code $$} is a {@code $}; any other {@code $} stands for
 * itself. What is encrypted is left alone, and what comes out is not looked at again.
 */
final class Substitution {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int LONGEST = 100_000;

    private final String file;
    private final Map<String, String> variables;
    private final Problems problems;

    /**
     * @param file of the document, for places
     * @param problems gets what is wrong with names
     */
    Substitution(String file, Map<String, String> variables, Problems problems) {
        this.file = file;
        this.variables = variables;
        this.problems = problems;
    }

    /** The tree with the values; the same object when it names none. */
    Node.Mapping in(Shape shape, Node.Mapping root) {
        if (!mayName(root)) {
            return root; // as most do, in every pass
        }
        return in(shape, root, "") instanceof Node.Mapping mapping ? mapping : root;
    }

    /** False when no text has the sign of a name. */
    private static boolean mayName(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.text().indexOf('$') >= 0;
            case Node.Sequence sequence -> mayName(sequence);
            case Node.Mapping mapping -> mayName(mapping);
        };
    }

    private static boolean mayName(Node.Sequence sequence) {
        for (Node item : sequence.items()) {
            if (mayName(item)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayName(Node.Mapping mapping) {
        for (Node.Entry entry : mapping.entries()) {
            if (mayName(entry.value())) {
                return true;
            }
        }
        return false;
    }

    private Node in(Shape shape, Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            return node;
        }
        List<Node.Entry> entries = new ArrayList<>();
        for (Node.Entry entry : mapping.entries()) {
            Field field = shape.field(entry.key());
            String at = Binder.join(path, entry.key());
            entries.add(field == null ? entry : with(entry, below(field, entry.value(), at)));
        }
        return rebuilt(mapping, entries);
    }

    private Node below(Field field, Node node, String path) {
        if (field.substituted()
                && field.type() instanceof ValueType.MapOf(ValueType.Variable _, _)
                && node instanceof Node.Mapping mapping) {
            return variables(mapping, path);
        }
        return field.substituted() ? texts(node, path) : below(field.type(), node, path);
    }

    /** Of those that are mappings only the value is a text to read. */
    private Node variables(Node.Mapping mapping, String path) {
        List<Node.Entry> entries = new ArrayList<>();
        for (Node.Entry entry : mapping.entries()) {
            String at = Binder.join(path, entry.key());
            entries.add(
                    with(
                            entry,
                            entry.value() instanceof Node.Mapping given
                                    ? value(given, at)
                                    : text(entry.value(), at)));
        }
        return rebuilt(mapping, entries);
    }

    private Node value(Node.Mapping given, String path) {
        List<Node.Entry> entries = new ArrayList<>();
        for (Node.Entry entry : given.entries()) {
            entries.add(
                    entry.key().equals(ValueType.Variable.VALUE)
                            ? with(entry, text(entry.value(), Binder.join(path, entry.key())))
                            : entry);
        }
        return rebuilt(given, entries);
    }

    private Node below(ValueType type, Node node, String path) {
        if (type instanceof ValueType.Nested(Shape shape)) {
            return in(shape, node, path);
        } else if (type instanceof ValueType.ListOf(ValueType item)
                && node instanceof Node.Sequence sequence) {
            List<Node> items = new ArrayList<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                items.add(below(item, sequence.items().get(i), path + "[" + i + "]"));
            }
            return rebuilt(sequence, items);
        } else if (type instanceof ValueType.MapOf(ValueType value, _)
                && node instanceof Node.Mapping mapping) {
            List<Node.Entry> entries = new ArrayList<>();
            for (Node.Entry entry : mapping.entries()) {
                entries.add(
                        with(entry, below(value, entry.value(), Binder.join(path, entry.key()))));
            }
            return rebuilt(mapping, entries);
        }
        return node;
    }

    /** A text, or those of a list or mapping; what they hold in turn is no text to read. */
    private Node texts(Node node, String path) {
        return switch (node) {
            case Node.Scalar scalar -> text(scalar, path);
            case Node.Sequence sequence -> {
                List<Node> items = new ArrayList<>();
                for (int i = 0; i < sequence.items().size(); i++) {
                    items.add(text(sequence.items().get(i), path + "[" + i + "]"));
                }
                yield rebuilt(sequence, items);
            }
            case Node.Mapping mapping -> {
                List<Node.Entry> entries = new ArrayList<>();
                for (Node.Entry entry : mapping.entries()) {
                    entries.add(with(entry, text(entry.value(), Binder.join(path, entry.key()))));
                }
                yield rebuilt(mapping, entries);
            }
        };
    }

    private Node text(Node node, String path) {
        if (!(node instanceof Node.Scalar(_, Node.Type type, String text, boolean sealed))
                || type != Node.Type.TEXT
                || sealed
                || text.indexOf('$') < 0) {
            return node;
        }
        String result = expand(text, node, path);
        return result.equals(text) ? node : new Node.Scalar(node.at(), type, result);
    }

    private String expand(String text, Node node, String path) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length() && out.length() <= LONGEST) {
            int sign = text.indexOf('$', at);
            if (sign < 0 || sign == text.length() - 1) {
                return out.append(text, at, text.length()).toString();
            }
            out.append(text, at, sign);
            if (text.charAt(sign + 1) == '{') {
                int end = text.indexOf('}', sign);
                if (end < 0) {
                    wrong(node, path, "a ${ is not closed: add }, or write $$ for a $");
                    return text;
                }
                out.append(value(text.substring(sign + 2, end), node, path));
                at = end + 1;
            } else {
                out.append('$');
                at = sign + (text.charAt(sign + 1) == '$' ? 2 : 1);
            }
        }
        if (out.length() > LONGEST) {
            wrong(node, path, "longer than %d characters with its variables".formatted(LONGEST));
        }
        return out.toString();
    }

    private String value(String name, Node node, String path) {
        String value = variables.get(name);
        if (value != null) {
            return value;
        }
        wrong(
                node,
                path,
                NAME.matcher(name).matches()
                        ? "spec.variables of the Instance has no %s (write $$ for a $)%s"
                                .formatted(name, NearMiss.hint(name, variables.keySet()))
                        : "expected the name of a variable between ${ and }, got %s: write $$ for a $"
                                .formatted(Words.quote(name)));
        return "";
    }

    private void wrong(Node node, String path, String message) {
        problems.add(Location.of(file, node.at()), path, Problem.Code.REFERENCE, message);
    }

    private static Node.Entry with(Node.Entry entry, Node value) {
        return isSame(value, entry.value())
                ? entry
                : new Node.Entry(entry.key(), entry.keyAt(), value);
    }

    private static Node rebuilt(Node.Mapping before, List<Node.Entry> entries) {
        boolean same = true;
        for (int i = 0; i < entries.size(); i++) {
            same &= isSame(entries.get(i).value(), before.entries().get(i).value());
        }
        return same ? before : new Node.Mapping(before.at(), entries, before.weight());
    }

    private static Node rebuilt(Node.Sequence before, List<Node> items) {
        boolean same = true;
        for (int i = 0; i < items.size(); i++) {
            same &= isSame(items.get(i), before.items().get(i));
        }
        return same ? before : new Node.Sequence(before.at(), items, before.weight());
    }

    @SuppressWarnings("ReferenceEquality") // nodes are never compared: see Node
    private static boolean isSame(Node a, Node b) {
        return a == b;
    }
}
