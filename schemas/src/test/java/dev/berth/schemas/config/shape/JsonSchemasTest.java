package dev.berth.schemas.config.shape;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonSchemasTest {
    private static final Path CHECKED_IN = Path.of("src/main/resources/dev/berth/schemas/json");
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

    @Test
    void all_comparedWithCheckedInFiles_areTheSame() throws IOException {
        SortedMap<String, String> files = JsonSchemas.all();
        assertThat(files.keySet())
                .containsExactly(
                        "alert.schema.json",
                        "app.schema.json",
                        "berth.schema.json",
                        "domain.schema.json",
                        "envgroup.schema.json",
                        "instance.schema.json",
                        "job.schema.json",
                        "overlay.schema.json",
                        "secret.schema.json");
        for (String name : files.keySet()) {
            Path file = CHECKED_IN.resolve(name);
            if (Boolean.getBoolean("berth.golden.update")) {
                Files.writeString(file, files.get(name));
            }
            assertThat(file)
                    .content()
                    .as("run with -Dberth.golden.update=true")
                    .isEqualTo(files.get(name));
        }
    }

    @Test
    void all_asDraft07_areValidSchemas() {
        Schema metaSchema =
                REGISTRY.getSchema(
                        com.networknt.schema.SchemaLocation.of(Dialects.getDraft7().getId()));
        JsonSchemas.all()
                .forEach(
                        (name, text) ->
                                assertThat(metaSchema.validate(text, InputFormat.JSON))
                                        .as(name)
                                        .isEmpty());
    }

    @Test
    void all_everyProperty_isDescribed() {
        JsonSchemas.all()
                .forEach(
                        (name, text) -> {
                            List<String> bare = new ArrayList<>();
                            collectBare(JsonMapper.shared().readTree(text), "", bare);
                            assertThat(bare).as(name).isEmpty();
                        });
    }

    private static void collectBare(JsonNode schema, String path, List<String> bare) {
        for (var property : schema.path("properties").properties()) {
            JsonNode value = property.getValue();
            if (!value.isObject()) {
                continue;
            }
            String at = path + "/" + property.getKey();
            if (!value.has("description") && !value.has("const")) {
                bare.add(at);
            }
            collectBare(value, at, bare);
        }
        if (!schema.isObject()) {
            return;
        }
        for (JsonNode inner : List.of(schema.path("items"), schema.path("additionalProperties"))) {
            collectBare(inner, path + "/*", bare);
        }
        for (var definition : schema.path("definitions").properties()) {
            collectBare(definition.getValue(), path + "/" + definition.getKey(), bare);
        }
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of(true, "{kind: Instance, metadata: {name: home}, spec: {}}"),
                Arguments.of(true, "{kind: App, metadata: {name: a}, spec: {image: x}}"),
                Arguments.of(
                        true,
                        "{kind: App, x-note: 1, metadata: {name: a}, spec: {image: x, x-y: [],"
                                + " env: {A: 1, B: true, C: c}, command: [a, b], port: 80}}"),
                Arguments.of(true, "{kind: App, metadata: {name: a}, spec: {static: {path: a}}}"),
                Arguments.of(
                        true,
                        "{kind: Domain, metadata: {name: a}, spec: {host: a.b, redirectTo: b}}"),
                Arguments.of(false, "{kind: Apps, metadata: {name: a}, spec: {image: x}}"),
                Arguments.of(false, "{kind: App, metadata: {name: A}, spec: {image: x}}"),
                Arguments.of(false, "{kind: App, metadata: {name: a}, spec: {}}"),
                Arguments.of(
                        false,
                        "{kind: App, metadata: {name: a}, spec: {image: x, static: {path: a}}}"),
                Arguments.of(
                        false,
                        "{kind: App, metadata: {name: a}, spec: {static: {path: a}, port: 1}}"),
                Arguments.of(
                        false, "{kind: App, metadata: {name: a}, spec: {image: x, build: {}}}"),
                Arguments.of(false, "{kind: App, metadata: {name: a}, spec: {image: x, port: 0}}"),
                Arguments.of(
                        false, "{kind: App, metadata: {name: a}, spec: {image: x, replcas: 1}}"),
                Arguments.of(
                        false,
                        "{kind: App, metadata: {name: a}, spec: {image: x, env: {A: null}}}"),
                Arguments.of(
                        false, "{kind: App, metadata: {name: a}, spec: {source: {path: ../x}}}"),
                Arguments.of(
                        false, "{kind: App, metadata: {name: a}, spec: {source: {branch: x}}}"),
                Arguments.of(
                        false, "{kind: App, metadata: {name: a}, spec: {image: x, command: []}}"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void berthSchema_document_isJudgedByItsKind(boolean right, String yaml) {
        Schema schema =
                REGISTRY.getSchema(JsonSchemas.all().get("berth.schema.json"), InputFormat.JSON);
        List<Error> errors =
                schema.validate(
                        yaml.replaceFirst("\\{", "{apiVersion: berth/v1, "), InputFormat.YAML);
        assertThat(errors.isEmpty()).as(errors.toString()).isEqualTo(right);
    }

    @Test
    void appSchema_defaults_areThoseOfTheRecords() {
        JsonNode spec =
                JsonMapper.shared()
                        .readTree(JsonSchemas.all().get("app.schema.json"))
                        .at("/properties/spec/properties");
        assertThat(spec.at("/healthcheck/properties/deadline/default").stringValue())
                .isEqualTo("120s");
        assertThat(spec.at("/suspend/default").booleanValue()).isFalse();
        assertThat(spec.at("/port/examples/0").intValue()).isEqualTo(3000);
        assertThat(spec.at("/rollout/properties/strategy/enum/1").stringValue())
                .isEqualTo("recreate");
    }
}
