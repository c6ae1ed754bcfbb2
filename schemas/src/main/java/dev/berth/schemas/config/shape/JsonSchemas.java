package dev.berth.schemas.config.shape;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Describe;
import dev.berth.schemas.config.Document;
import dev.berth.schemas.config.Domain;
import dev.berth.schemas.config.EnvGroup;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Job;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.Overlay;
import dev.berth.schemas.config.SecretDocument;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The published description of the config format: JSON Schemas (draft-07, which is what YAML
 * editors read), one for each kind and one that dispatches on {@code kind}. The checked-in copies
 * lie in {@code dev/berth/schemas/json/}.
 */
public final class JsonSchemas {
    private static final String DRAFT = "http://json-schema.org/draft-07/schema#";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonSchemas() {}

    /** Text of each schema by file name: {@code app.schema.json}. */
    public static SortedMap<String, String> all() {
        SortedMap<String, String> files = new TreeMap<>();
        files.put("berth.schema.json", print(dispatching()));
        for (Kind kind : Kind.values()) {
            ObjectNode schema = JSON.objectNode().put("$schema", DRAFT);
            files.put(kind.word() + ".schema.json", print(schema.setAll(document(kind))));
        }
        return files;
    }

    /** The record that a kind's documents become. */
    public static Class<? extends Record> recordOf(Kind kind) {
        return switch (kind) {
            case Instance -> Instance.class;
            case App -> App.class;
            case Domain -> Domain.class;
            case Secret -> SecretDocument.class;
            case Alert -> Alert.class;
            case Job -> Job.class;
            case EnvGroup -> EnvGroup.class;
            case Overlay -> Overlay.class;
        };
    }

    private static ObjectNode dispatching() {
        ObjectNode schema =
                JSON.objectNode()
                        .put("$schema", DRAFT)
                        .put("title", "Berth config")
                        .put("description", "One document of a Berth config repo.")
                        .put("type", "object");
        schema.putArray("required").add("apiVersion").add("kind").add("metadata");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("apiVersion").put("const", Document.API_VERSION);
        ArrayNode kinds =
                properties
                        .putObject("kind")
                        .put("description", "What the document describes.")
                        .putArray("enum");
        ArrayNode choices = schema.putArray("allOf");
        ObjectNode definitions = schema.putObject("definitions");
        for (Kind kind : Kind.values()) {
            kinds.add(kind.name());
            ObjectNode choice = choices.addObject();
            ObjectNode condition = choice.putObject("if");
            condition.putObject("properties").putObject("kind").put("const", kind.name());
            condition.putArray("required").add("kind");
            choice.putObject("then").put("$ref", "#/definitions/" + kind.name());
            definitions.set(kind.name(), document(kind));
        }
        return schema;
    }

    private static ObjectNode document(Kind kind) {
        ObjectNode schema = SchemaOfType.object(Shape.of(recordOf(kind)));
        ObjectNode head = JSON.objectNode().put("title", kind.name());
        ObjectNode properties = JSON.objectNode();
        properties.putObject("apiVersion").put("const", Document.API_VERSION);
        properties
                .putObject("kind")
                .put("const", kind.name())
                .put("description", recordOf(kind).getAnnotation(Describe.class).value());
        properties.setAll((ObjectNode) schema.get("properties"));
        properties
                .putObject("sops")
                .put("type", "object")
                .put(
                        "description",
                        "Written by sops or ./berth seal: how the document is encrypted.");
        schema.set("properties", properties);
        ArrayNode required = JSON.arrayNode().add("apiVersion").add("kind");
        schema.set("required", required.addAll((ArrayNode) schema.get("required")));
        return head.setAll(schema);
    }

    private static String print(ObjectNode schema) {
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
        return JsonMapper.shared().writer().with(printer).writeValueAsString(schema) + "\n";
    }
}
