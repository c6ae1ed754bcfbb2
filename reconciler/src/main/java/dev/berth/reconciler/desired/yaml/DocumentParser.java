package dev.berth.reconciler.desired.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads one document from the parser's events, up to its first fault. */
final class DocumentParser {
    private static final String TEXT_TAG = "tag:yaml.org,2002:str";

    private final DocumentSplitter.Piece piece;
    private final AliasBudget budget;
    private final AliasBudget values;
    private final YAMLParser parser;
    private final Map<String, Node> anchors = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private int @Nullable [] characters;
    private boolean stopped;
    private int depth;

    /**
     * @param budget what aliases may stand for
     * @param values what may be written out
     */
    DocumentParser(
            YAMLFactory factory,
            DocumentSplitter.Piece piece,
            AliasBudget budget,
            AliasBudget values) {
        this.piece = piece;
        this.budget = budget;
        this.values = values;
        this.parser = (YAMLParser) factory.createParser(ObjectReadContext.empty(), piece.text());
    }

    YamlDocument parse() {
        Mark start = new Mark(piece.firstLine(), 1);
        Node root = null;
        JsonToken token = next();
        if (token != null) {
            start = mark();
            root = value(token);
            token = next();
            if (token != null) {
                stop(mark(), Fault.Cause.SYNTAX, "not YAML: text after the end of the document");
            }
        }
        return new YamlDocument(start, root, faults);
    }

    /** The next event; {@code null} at the end and after a fault. */
    private @Nullable JsonToken next() {
        if (stopped) {
            return null;
        }
        try {
            return parser.nextToken();
        } catch (JacksonException e) {
            stopped = true;
            faults.add(SyntaxMessage.fault(e, piece.firstLine() - 1));
            return null;
        }
    }

    private Node value(JsonToken token) {
        Mark at = mark();
        if (parser.isCurrentAlias()) {
            return alias(at, parser.getString());
        } else if (!values.spend(1)) {
            stopped = true;
            faults.add(YamlReader.tooMany(at));
            return new Node.Scalar(at, Node.Type.NOTHING, "");
        }
        String anchor = parser.getObjectId();
        checkTag(at);
        Node node =
                switch (token) {
                    case START_OBJECT -> nested(at, () -> mapping(at));
                    case START_ARRAY -> nested(at, () -> sequence(at));
                    case VALUE_NUMBER_INT -> scalar(at, Node.Type.INTEGER);
                    case VALUE_NUMBER_FLOAT -> scalar(at, Node.Type.DECIMAL);
                    case VALUE_TRUE, VALUE_FALSE -> scalar(at, Node.Type.BOOLEAN);
                    case VALUE_NULL -> new Node.Scalar(at, Node.Type.NOTHING, "");
                    case VALUE_STRING,
                            VALUE_EMBEDDED_OBJECT,
                            PROPERTY_NAME,
                            END_ARRAY,
                            END_OBJECT,
                            NOT_AVAILABLE ->
                            text(at);
                };
        if (anchor != null) {
            anchors.put(anchor, node);
        }
        return node;
    }

    private Node nested(Mark at, Supplier<Node> read) {
        if (depth == YamlReader.MAX_DEPTH) {
            stop(
                    at,
                    Fault.Cause.LIMIT,
                    "nested more than %d levels deep".formatted(YamlReader.MAX_DEPTH));
            return new Node.Scalar(at, Node.Type.NOTHING, "");
        }
        depth++;
        Node node = read.get();
        depth--;
        return node;
    }

    private Node mapping(Mark at) {
        List<Node.Entry> own = new ArrayList<>();
        List<Node> merged = new ArrayList<>();
        long weight = 1;
        JsonToken token = next();
        while (token == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            Mark keyAt = mark();
            token = next();
            if (token == null) {
                break;
            }
            Node value = value(token);
            weight += 1 + value.weight();
            if (key.equals("<<")) {
                merged.add(value);
            } else {
                own.add(new Node.Entry(key, keyAt, value));
            }
            token = next();
        }
        merged.forEach(m -> merge(m, own));
        return new Node.Mapping(at, own, weight);
    }

    private void merge(Node source, List<Node.Entry> into) {
        switch (source) {
            case Node.Mapping(_, List<Node.Entry> entries, _) -> {
                Set<String> present = new HashSet<>();
                into.forEach(e -> present.add(e.key()));
                entries.stream().filter(e -> present.add(e.key())).forEach(into::add);
            }
            case Node.Sequence(_, List<Node> items, _) ->
                    items.forEach(
                            item -> {
                                if (item instanceof Node.Sequence) {
                                    notMergeable(item.at());
                                } else {
                                    merge(item, into);
                                }
                            });
            case Node.Scalar scalar -> notMergeable(scalar.at());
        }
    }

    private void notMergeable(Mark at) {
        if (!stopped) {
            stop(at, Fault.Cause.SYNTAX, "'<<' takes a mapping or a list of mappings");
        }
    }

    private Node sequence(Mark at) {
        List<Node> items = new ArrayList<>();
        long weight = 1;
        JsonToken token = next();
        while (token != null && token != JsonToken.END_ARRAY) {
            Node item = value(token);
            weight += item.weight();
            items.add(item);
            token = next();
        }
        return new Node.Sequence(at, items, weight);
    }

    private Node alias(Mark at, String name) {
        Node target = anchors.get(name);
        if (target == null) {
            stop(
                    at,
                    Fault.Cause.SYNTAX,
                    "there is no anchor &%s above, in this document".formatted(name));
        } else if (!budget.spend(target.weight())) {
            stop(
                    at,
                    Fault.Cause.LIMIT,
                    "the aliases of this file stand for more than %d values"
                            .formatted(YamlReader.MAX_ALIASED));
        } else {
            return target;
        }
        return new Node.Scalar(at, Node.Type.NOTHING, "");
    }

    private Node text(Mark at) {
        String text = parser.getString();
        boolean nothing = text.equals("~") && isPlainTilde();
        return new Node.Scalar(at, nothing ? Node.Type.NOTHING : Node.Type.TEXT, text);
    }

    private Node scalar(Mark at, Node.Type type) {
        return new Node.Scalar(at, type, parser.getString());
    }

    /** The library takes {@code ~} for text; YAML's core schema and people mean nothing by it. */
    private boolean isPlainTilde() {
        if (characters == null) {
            characters = piece.text().codePoints().toArray();
        }
        long at = parser.currentTokenLocation().getCharOffset();
        return at < characters.length && characters[(int) at] == '~';
    }

    private void checkTag(Mark at) {
        String tag = parser.getTypeId();
        if (tag != null && !tag.equals(TEXT_TAG)) {
            stop(
                    at,
                    Fault.Cause.SYNTAX,
                    "tags such as !%s mean nothing here, remove it".formatted(printable(tag)));
        }
    }

    private static String printable(String tag) {
        String text = tag.replaceAll("[^\\x21-\\x7e]", "?");
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }

    private void stop(Mark at, Fault.Cause cause, String message) {
        stopped = true;
        faults.add(new Fault(at, cause, message));
    }

    private Mark mark() {
        TokenStreamLocation location = parser.currentTokenLocation();
        return new Mark(
                location.getLineNr() + piece.firstLine() - 1, Math.max(1, location.getColumnNr()));
    }
}
