package dev.berth.schemas.config.shape;

import dev.berth.schemas.config.ByteSize;
import dev.berth.schemas.config.Describe;
import dev.berth.schemas.config.Durations;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The part of a JSON Schema that describes one value. */
final class SchemaOfType {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String WITH_VARIABLE = "[\\s\\S]*\\$\\{[\\s\\S]*";
    private static final String SUBSTITUTED =
            " ${NAME} stands for one of spec.variables of the Instance, $$ for a $.";

    private SchemaOfType() {}

    static ObjectNode object(Shape shape) {
        ObjectNode schema = JSON.objectNode();
        if (!shape.description().isEmpty()) {
            schema.put("description", shape.description());
        }
        schema.put("type", "object");
        ArrayNode required = JSON.arrayNode();
        ObjectNode dependencies = JSON.objectNode();
        ObjectNode properties = schema.putObject("properties");
        for (Field field : shape.fields()) {
            properties.set(field.key(), property(field));
            if (field.presence() instanceof Field.Required) {
                required.add(field.key());
            }
            addDependencies(field, dependencies);
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (!dependencies.isEmpty()) {
            schema.set("dependencies", dependencies);
        }
        if (!shape.exactlyOne().isEmpty()) {
            ArrayNode choices = schema.putArray("oneOf");
            shape.exactlyOne().forEach(k -> choices.addObject().putArray("required").add(k));
        }
        schema.putObject("patternProperties").putObject("^x-");
        return schema.put("additionalProperties", false);
    }

    private static void addDependencies(Field field, ObjectNode dependencies) {
        if (field.needs() != null) {
            dependencies.putArray(field.key()).add(field.needs());
        }
        if (field.excludes() != null) {
            dependencies
                    .putObject(field.key())
                    .putObject("not")
                    .putArray("required")
                    .add(field.excludes());
        }
    }

    private static ObjectNode property(Field field) {
        ObjectNode schema = JSON.objectNode();
        String description = describe(field);
        ObjectNode type = of(field.type());
        schema.setAll(type);
        if (!description.isEmpty()) {
            schema.put("description", description);
        }
        if (field.presence() instanceof Field.DefaultsTo(String yaml)) {
            schema.set("default", ExampleValue.of(field.type(), yaml));
        }
        if (!field.examples().isEmpty()) {
            ArrayNode examples = schema.putArray("examples");
            field.examples().forEach(e -> examples.add(ExampleValue.of(field.type(), e)));
        }
        return schema;
    }

    private static String describe(Field field) {
        if (!(field.type() instanceof ValueType.Choice choice)) {
            return field.description() + (field.substituted() ? SUBSTITUTED : "");
        }
        StringBuilder text = new StringBuilder(field.description());
        for (Enum<?> constant : choice.type().getEnumConstants()) {
            String meaning = meaning(constant);
            if (meaning != null) {
                text.append("\n- ").append(ValueType.Choice.word(constant)).append(": ");
                text.append(meaning);
            }
        }
        return text.toString();
    }

    private static @Nullable String meaning(Enum<?> constant) {
        try {
            Describe describe =
                    constant.getDeclaringClass()
                            .getField(constant.name())
                            .getAnnotation(Describe.class);
            return describe == null ? null : describe.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("an enum constant is a field", e);
        }
    }

    private static ObjectNode of(ValueType type) {
        return switch (type) {
            case ValueType.Text(ValueType.Form form, boolean substituted) ->
                    text(form, substituted);
            case ValueType.Written _, ValueType.Secret _, ValueType.EnvLiteral _ ->
                    types("string", "number", "boolean");
            case ValueType.Variable(Shape mapping) -> {
                ObjectNode either = JSON.objectNode();
                either.putArray("anyOf")
                        .add(types("string", "number", "boolean"))
                        .add(object(mapping));
                yield either;
            }
            case ValueType.EnvText(Shape reference, ValueType.Form form) -> {
                ObjectNode either = JSON.objectNode();
                either.putArray("anyOf")
                        .add(
                                form == null
                                        ? types("string", "number", "boolean")
                                        : text(form, false))
                        .add(object(reference));
                yield either;
            }
            case ValueType.WholeNumber(long min, long max) ->
                    JSON.objectNode()
                            .put("type", "integer")
                            .put("minimum", min)
                            .put("maximum", max);
            case ValueType.Amount(long max) ->
                    JSON.objectNode()
                            .put("type", "number")
                            .put("exclusiveMinimum", 0)
                            .put("maximum", max);
            case ValueType.Flag _ -> JSON.objectNode().put("type", "boolean");
            case ValueType.Span _ -> pattern(Durations.PATTERN, ValueType.Span.SAYS);
            case ValueType.Size _ ->
                    matching(types("integer", "string"), ByteSize.PATTERN, ValueType.Size.SAYS)
                            .put("minimum", 0);
            case ValueType.Moment _ ->
                    pattern(ValueType.Moment.PATTERN, ValueType.Moment.SAYS)
                            .put("format", "date-time");
            case ValueType.PartOfADocument _ -> part();
            case ValueType.Words _ -> words();
            case ValueType.Choice choice -> choice(choice.words());
            case ValueType.Nested(Shape shape) -> object(shape);
            case ValueType.ListOf(ValueType item) -> {
                ObjectNode list = JSON.objectNode().put("type", "array");
                list.set("items", of(item));
                yield list;
            }
            case ValueType.MapOf(ValueType value, ValueType.Form keys) -> map(value, keys);
        };
    }

    private static ObjectNode text(ValueType.@Nullable Form form, boolean substituted) {
        if (form == null) {
            return types("string");
        }
        String whole = form.pattern().pattern();
        return pattern(substituted ? "(?:" + whole + ")|" + WITH_VARIABLE : whole, form.says());
    }

    private static ObjectNode pattern(String pattern, String says) {
        return matching(JSON.objectNode().put("type", "string"), pattern, says);
    }

    /** {@code patternErrorMessage} is what YAML editors show in place of the pattern. */
    private static ObjectNode matching(ObjectNode schema, String pattern, String says) {
        return schema.put("pattern", "^(?:" + pattern + ")$")
                .put("patternErrorMessage", "expected " + says);
    }

    private static ObjectNode types(String... types) {
        ObjectNode schema = JSON.objectNode();
        ArrayNode list = schema.putArray("type");
        List.of(types).forEach(list::add);
        return schema;
    }

    private static ObjectNode part() {
        ObjectNode schema = JSON.objectNode().put("type", "object").put("minProperties", 1);
        ObjectNode properties = schema.putObject("properties");
        ValueType.PartOfADocument.KEYS.forEach(
                k ->
                        properties
                                .putObject(k)
                                .put("type", "object")
                                .put("description", "What changes in " + k + "."));
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode words() {
        ObjectNode schema = types("string", "array").put("minLength", 1).put("minItems", 1);
        schema.putObject("items").put("type", "string");
        return schema;
    }

    private static ObjectNode choice(List<String> words) {
        ObjectNode schema = JSON.objectNode().put("type", "string");
        ArrayNode list = schema.putArray("enum");
        words.forEach(list::add);
        return schema;
    }

    private static ObjectNode map(ValueType value, ValueType.@Nullable Form keys) {
        ObjectNode schema = JSON.objectNode().put("type", "object");
        if (keys != null) {
            matching(schema.putObject("propertyNames"), keys.pattern().pattern(), keys.says());
        }
        JsonNode values = of(value);
        schema.set("additionalProperties", values);
        return schema;
    }
}
