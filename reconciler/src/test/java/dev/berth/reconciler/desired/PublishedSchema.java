package dev.berth.reconciler.desired;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.berth.reconciler.desired.yaml.Node;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The schema that editors use, run by a validator that is not ours. */
final class PublishedSchema {
    private static final String RESOURCE = "/dev/berth/schemas/json/berth.schema.json";

    private final Schema schema;

    PublishedSchema() {
        try (InputStream in =
                Objects.requireNonNull(PublishedSchema.class.getResourceAsStream(RESOURCE))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            schema =
                    SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                            .getSchema(text, InputFormat.JSON);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it finds wrong; empty when it accepts. */
    List<String> objections(Node document) {
        return schema.validate(NodeJson.of(document)).stream().map(Object::toString).toList();
    }
}
