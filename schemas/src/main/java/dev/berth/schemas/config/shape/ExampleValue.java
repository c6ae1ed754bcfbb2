package dev.berth.schemas.config.shape;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of a default or an example in an annotation. Reads scalars, and flow lists and mappings
 * of plain words: {@code [a, b]}, {@code {KEY: value}}.
 */
final class ExampleValue {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ExampleValue() {}

    static JsonNode of(ValueType type, String yaml) {
        return switch (type) {
            case ValueType.WholeNumber _ -> JSON.numberNode(Long.parseLong(yaml));
            case ValueType.Amount _ -> JSON.numberNode(Double.parseDouble(yaml));
            case ValueType.Flag _ -> JSON.booleanNode(Boolean.parseBoolean(yaml));
            case ValueType.Nested _ -> JSON.objectNode();
            case ValueType.ListOf(ValueType item) -> list(item, yaml);
            case ValueType.MapOf(ValueType value, _) -> map(value, yaml);
            case ValueType.PartOfADocument _ -> JSON.objectNode();
            case ValueType.Text _,
                    ValueType.Written _,
                    ValueType.Secret _,
                    ValueType.EnvText _,
                    ValueType.EnvLiteral _,
                    ValueType.Variable _,
                    ValueType.Span _,
                    ValueType.Size _,
                    ValueType.Moment _,
                    ValueType.Words _,
                    ValueType.Choice _ ->
                    JSON.stringNode(yaml);
        };
    }

    private static ArrayNode list(ValueType item, String yaml) {
        ArrayNode list = JSON.arrayNode();
        for (String word : inner(yaml)) {
            list.add(of(item, word));
        }
        return list;
    }

    private static ObjectNode map(ValueType value, String yaml) {
        ObjectNode map = JSON.objectNode();
        for (String entry : inner(yaml)) {
            int colon = entry.indexOf(": ");
            map.set(entry.substring(0, colon), of(value, entry.substring(colon + 2)));
        }
        return map;
    }

    private static String[] inner(String yaml) {
        return yaml.substring(1, yaml.length() - 1).split(", ", -1);
    }
}
