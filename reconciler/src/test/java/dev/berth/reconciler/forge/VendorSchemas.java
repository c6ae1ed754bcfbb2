package dev.berth.reconciler.forge;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.berth.schemas.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What a forge says that it speaks; see README.md beside the files. */
final class VendorSchemas {
    private final Description description;
    private final Map<String, Schema> schemas = new HashMap<>();

    private record Description(
            Map<String, List<String>> paths, Map<String, Map<String, Object>> schemas) {}

    VendorSchemas(ForgeDouble.Kind kind) throws IOException {
        String file = "/forge/%s.json".formatted(kind.name().toLowerCase(Locale.ROOT));
        try (InputStream in =
                Objects.requireNonNull(VendorSchemas.class.getResourceAsStream(file))) {
            description =
                    Json.read(
                            new String(in.readAllBytes(), StandardCharsets.UTF_8),
                            Description.class);
        }
    }

    /** What is wrong with a question and its answer by what the forge says. */
    List<String> objections(ForgeDouble.Said said) {
        List<String> found = new ArrayList<>(path(said.asked()));
        if (!said.asked().body().isEmpty()) {
            found.addAll(objections(said.name() + "-question", said.asked().body()));
        }
        boolean isNone = said.answer().equals("null"); // as Gitea has an empty list of events
        found.addAll(isNone ? List.of() : objections(said.name(), said.answer()));
        return found;
    }

    private List<String> objections(String name, String json) {
        return schemas.computeIfAbsent(name, this::schema).validate(json, InputFormat.JSON).stream()
                .map(error -> "%s: %s in %s".formatted(name, error, json))
                .toList();
    }

    private Schema schema(String name) {
        String text = Json.write(Objects.requireNonNull(description.schemas().get(name), name));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(text, InputFormat.JSON);
    }

    private List<String> path(ForgeDouble.Asked asked) {
        String line = asked.method() + " " + asked.path();
        for (Map.Entry<String, List<String>> path : description.paths().entrySet()) {
            if (line.matches(path.getKey().replaceAll("\\{\\w+}", "[^/]+"))) {
                return Arrays.stream(asked.query().split("&"))
                        .map(pair -> pair.replaceFirst("=.*", ""))
                        .filter(name -> !name.isEmpty() && !path.getValue().contains(name))
                        .map(name -> "%s has no %s in its query".formatted(line, name))
                        .toList();
            }
        }
        return List.of("there is no " + line);
    }
}
