package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Mark;
import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.Command;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.EnvVariable;
import dev.berth.schemas.config.Patch;
import dev.berth.schemas.config.shape.Field;
import dev.berth.schemas.config.shape.Shape;
import dev.berth.schemas.config.shape.ValueType;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Binds the tree of one document to the records of the config format. Reports every mistake it
 * meets and goes on; a value with a mistake is {@code null}, and so is all that holds it.
 */
final class Binder {
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    private static final String PART = "a mapping such as {spec: {replicas: 2}}";

    private final String file;
    private final boolean names;
    private final Problems problems;
    private int mistakes;

    /**
     * @param names whether names of variables may still stand in texts
     */
    Binder(String file, boolean names, Problems problems) {
        this.file = file;
        this.names = names;
        this.problems = problems;
    }

    /**
     * A mapping as a record.
     *
     * @param ignored keys that the mapping may have beside those of the shape
     */
    @Nullable Object record(Shape shape, Node node, String path, Set<String> ignored) {
        if (!(node instanceof Node.Mapping mapping)) {
            report(node.at(), path, noMapping(shape, node));
            return null;
        }
        int before = mistakes;
        Map<String, Node.Entry> given = knownEntries(shape, mapping, path, ignored);
        checkTogether(shape, mapping, given, path);
        @Nullable Object[] values = new Object[shape.fields().size()];
        for (int i = 0; i < values.length; i++) {
            Field field = shape.fields().get(i);
            Node.Entry entry = given.get(field.key());
            values[i] =
                    entry == null
                            ? missing(field, mapping, path)
                            : value(field.type(), entry.value(), join(path, field.key()));
        }
        return mistakes == before ? create(shape, values) : null;
    }

    /** What stands where a secret is to be named may be the secret, so it is not repeated. */
    private static ScalarBinder.Wrong noMapping(Shape shape, Node node) {
        Class<?> wanted = shape.constructor().getDeclaringClass();
        if (wanted == EnvValue.FromSecret.class) {
            return new ScalarBinder.Wrong(
                    Problem.Code.TYPE,
                    "expected a mapping such as {fromSecret: name.key}: a secret must not stand"
                            + " here");
        }
        return wanted == Alert.Credential.class
                ? new ScalarBinder.Wrong(
                        Problem.Code.TYPE,
                        "expected a mapping such as {fromSecret: name.key} or {fromFile: name}: a"
                                + " secret must not stand here")
                : ScalarBinder.wrongType("a mapping", node);
    }

    private Map<String, Node.Entry> knownEntries(
            Shape shape, Node.Mapping mapping, String path, Set<String> ignored) {
        List<String> known =
                Stream.concat(ignored.stream(), shape.fields().stream().map(Field::key)).toList();
        Map<String, Node.Entry> entries = distinct(mapping, path);
        for (Node.Entry entry : entries.values()) {
            String key = entry.key();
            if (!known.contains(key) && !key.startsWith("x-")) {
                problem(
                        entry.keyAt(),
                        join(path, key),
                        Problem.Code.UNKNOWN_KEY,
                        "no such key%s".formatted(NearMiss.hint(key, known)));
            }
        }
        return entries;
    }

    private Map<String, Node.Entry> distinct(Node.Mapping mapping, String path) {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries()) {
            Node.Entry first = entries.putIfAbsent(entry.key(), entry);
            if (first != null) {
                problem(
                        entry.keyAt(),
                        join(path, entry.key()),
                        Problem.Code.DUPLICATE_KEY,
                        "this key is already given in line %d".formatted(first.keyAt().line()));
            }
        }
        return entries;
    }

    private void checkTogether(
            Shape shape, Node.Mapping mapping, Map<String, Node.Entry> given, String path) {
        List<Node.Entry> chosen =
                given.values().stream().filter(e -> shape.exactlyOne().contains(e.key())).toList();
        if (chosen.isEmpty() && !shape.exactlyOne().isEmpty()) {
            problem(
                    mapping.at(),
                    path,
                    Problem.Code.REQUIRED,
                    "one of %s is needed".formatted(Words.oneOf(shape.exactlyOne())));
        }
        chosen.stream().skip(1).forEach(e -> reportBeside(e, chosen.getFirst(), path));
        for (Field field : shape.fields()) {
            Node.Entry entry = given.get(field.key());
            if (entry == null) {
                continue;
            }
            if (field.needs() != null && !given.containsKey(field.needs())) {
                problem(
                        entry.keyAt(),
                        join(path, field.key()),
                        Problem.Code.VALUE,
                        "only right beside %s".formatted(join(path, field.needs())));
            }
            Node.Entry excluded = field.excludes() == null ? null : given.get(field.excludes());
            if (excluded != null) {
                reportBeside(entry, excluded, path);
            }
        }
    }

    private void reportBeside(Node.Entry entry, Node.Entry other, String path) {
        problem(
                entry.keyAt(),
                join(path, entry.key()),
                Problem.Code.VALUE,
                "can't be beside %s: remove one of them".formatted(join(path, other.key())));
    }

    private @Nullable Object missing(Field field, Node.Mapping mapping, String path) {
        return switch (field.presence()) {
            case Field.Required _ -> {
                problem(
                        mapping.at(),
                        join(path, field.key()),
                        Problem.Code.REQUIRED,
                        "%s is missing".formatted(field.key()));
                yield null;
            }
            case Field.Optional _ ->
                    field.type() instanceof ValueType.ListOf
                            ? List.of()
                            : field.type() instanceof ValueType.MapOf ? Map.of() : null;
            case Field.DefaultsTo(String yaml) ->
                    value(field.type(), literal(field.type(), yaml), join(path, field.key()));
        };
    }

    private static Node literal(ValueType type, String yaml) {
        Mark nowhere = new Mark(0, 0);
        if (type instanceof ValueType.Nested) {
            return new Node.Mapping(nowhere, List.of(), 1);
        }
        Node.Type kind =
                type instanceof ValueType.Flag
                        ? Node.Type.BOOLEAN
                        : type instanceof ValueType.WholeNumber
                                ? Node.Type.INTEGER
                                : Node.Type.TEXT;
        return new Node.Scalar(nowhere, kind, yaml);
    }

    private @Nullable Object value(ValueType type, Node node, String path) {
        return switch (type) {
            case ValueType.Nested(Shape shape) -> record(shape, node, path, Set.of());
            case ValueType.ListOf(ValueType item) -> list(item, node, path);
            case ValueType.MapOf map -> map(map, node, path);
            case ValueType.PartOfADocument _ -> part(node, path);
            case ValueType.Words _ -> command(node, path);
            case ValueType.Text text -> take(ScalarBinder.text(text, node, names), node, path);
            case ValueType.Written _ -> take(ScalarBinder.written(node), node, path);
            case ValueType.Secret _ -> take(ScalarBinder.secret(node), node, path);
            case ValueType.EnvText env ->
                    node instanceof Node.Mapping
                            ? record(env.reference(), node, path, Set.of())
                            : take(ScalarBinder.envText(env, node), node, path);
            case ValueType.EnvLiteral _ -> take(ScalarBinder.literal(node), node, path);
            case ValueType.Variable(Shape mapping) -> variable(mapping, node, path);
            case ValueType.WholeNumber number ->
                    take(ScalarBinder.wholeNumber(number, node), node, path);
            case ValueType.Amount amount -> take(ScalarBinder.amount(amount, node), node, path);
            case ValueType.Flag _ -> take(ScalarBinder.flag(node), node, path);
            case ValueType.Span span -> take(ScalarBinder.span(span, node), node, path);
            case ValueType.Size size -> take(ScalarBinder.size(size, node), node, path);
            case ValueType.Moment _ -> take(ScalarBinder.moment(node), node, path);
            case ValueType.Choice choice -> take(ScalarBinder.choice(choice, node), node, path);
        };
    }

    private @Nullable Object variable(Shape mapping, Node node, String path) {
        if (node instanceof Node.Mapping) {
            return record(mapping, node, path, Set.of());
        }
        return take(ScalarBinder.literal(node), node, path) instanceof EnvValue given
                ? EnvVariable.of(given)
                : null;
    }

    private @Nullable Object list(ValueType item, Node node, String path) {
        if (!(node instanceof Node.Sequence(_, List<Node> items, _))) {
            report(node.at(), path, ScalarBinder.wrongType("a list", node));
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object value = value(item, items.get(i), path + "[" + i + "]");
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private @Nullable Object map(ValueType.MapOf type, Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            boolean secret = type.value() instanceof ValueType.Secret; // also when in the clear
            report(
                    node.at(),
                    path,
                    secret
                            ? new ScalarBinder.Wrong(Problem.Code.TYPE, "expected a mapping")
                            : ScalarBinder.wrongType("a mapping", node));
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (Node.Entry entry : distinct(mapping, path).values()) {
            String at = join(path, entry.key());
            if (type.keys() != null && !type.keys().fits(entry.key())) {
                problem(
                        entry.keyAt(),
                        at,
                        Problem.Code.VALUE,
                        "expected %s, got %s"
                                .formatted(type.keys().says(), Words.quote(entry.key())));
            }
            Object value = value(type.value(), entry.value(), at);
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }

    private @Nullable Object part(Node node, String path) {
        if (!(node instanceof Node.Mapping mapping)) {
            report(node.at(), path, ScalarBinder.wrongType(PART, node));
            return null;
        } else if (mapping.entries().isEmpty()) {
            problem(
                    node.at(),
                    path,
                    Problem.Code.VALUE,
                    "expected %s, got nothing in it".formatted(PART));
            return null;
        }
        int before = mistakes;
        for (Node.Entry entry : mapping.entries()) {
            if (!ValueType.PartOfADocument.KEYS.contains(entry.key())) {
                problem(
                        entry.keyAt(),
                        join(path, entry.key()),
                        Problem.Code.UNKNOWN_KEY,
                        "a patch begins at the top of a document, with %s"
                                .formatted(Words.oneOf(ValueType.PartOfADocument.KEYS)));
            } else if (!(entry.value() instanceof Node.Mapping)) {
                report(
                        entry.value().at(),
                        join(path, entry.key()),
                        ScalarBinder.wrongType("a mapping", entry.value()));
            }
        }
        return mistakes == before
                ? new Patch(mapping.entries().stream().map(Node.Entry::key).toList())
                : null;
    }

    private @Nullable Object command(Node node, String path) {
        String expected = "a line of text or a list of words";
        if (node instanceof Node.Scalar(_, Node.Type type, String line, _)) {
            if (type != Node.Type.TEXT || line.isEmpty()) {
                report(node.at(), path, ScalarBinder.wrongType(expected, node));
                return null;
            }
            Object text = take(ScalarBinder.written(node), node, path);
            return text == null ? null : Command.shell(line);
        }
        if (!(node instanceof Node.Sequence(_, List<Node> items, _)) || items.isEmpty()) {
            report(node.at(), path, ScalarBinder.wrongType(expected, node));
            return null;
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object word =
                    value(new ValueType.Text(null, false), items.get(i), path + "[" + i + "]");
            if (word instanceof String text) {
                words.add(text);
            }
        }
        return words.isEmpty() ? null : new Command(words);
    }

    private @Nullable Object take(ScalarBinder.Result result, Node node, String path) {
        return switch (result) {
            case ScalarBinder.Value(Object value) -> value;
            case ScalarBinder.Wrong wrong -> {
                report(node.at(), path, wrong);
                yield null;
            }
        };
    }

    private void report(Mark mark, String path, ScalarBinder.Wrong wrong) {
        problem(mark, path, wrong.code(), wrong.message());
    }

    private void problem(Mark mark, String path, Problem.Code code, String message) {
        mistakes++;
        problems.add(Location.of(file, mark), path, code, message);
    }

    static String join(String path, String key) {
        if (!PLAIN_KEY.matcher(key).matches()) {
            return path + "[" + Words.quote(key) + "]";
        }
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Object create(Shape shape, @Nullable Object[] values) {
        try {
            return shape.constructor().newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the shape allowed what the record refuses", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("config records have a public constructor", e);
        }
    }
}
