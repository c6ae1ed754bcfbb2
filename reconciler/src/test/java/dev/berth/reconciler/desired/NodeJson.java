package dev.berth.reconciler.desired;

import dev.berth.reconciler.desired.yaml.Node;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A YAML tree as an editor hands it to a schema validator. */
final class NodeJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private NodeJson() {}

    static JsonNode of(Node node) {
        return switch (node) {
            case Node.Mapping(_, var entries, _) -> {
                ObjectNode object = JSON.objectNode();
                entries.forEach(e -> object.putIfAbsent(e.key(), of(e.value())));
                yield object;
            }
            case Node.Sequence(_, var items, _) -> {
                ArrayNode array = JSON.arrayNode();
                items.forEach(i -> array.add(of(i)));
                yield array;
            }
            case Node.Scalar(_, Node.Type type, String text, _) -> scalar(type, text);
        };
    }

    private static JsonNode scalar(Node.Type type, String text) {
        return switch (type) {
            case TEXT -> JSON.stringNode(text);
            case BOOLEAN -> JSON.booleanNode(text.equals("true"));
            case NOTHING -> JSON.nullNode();
            case INTEGER, DECIMAL -> number(text);
        };
    }

    private static JsonNode number(String text) {
        if (text.matches("-?[0-9]{1,18}")) {
            return JSON.numberNode(Long.parseLong(text));
        }
        return text.matches("-?[0-9]{1,300}")
                ? JSON.numberNode(new BigInteger(text))
                : fraction(text);
    }

    private static JsonNode fraction(String text) {
        try {
            return JSON.numberNode(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return JSON.stringNode(text);
        }
    }
}
