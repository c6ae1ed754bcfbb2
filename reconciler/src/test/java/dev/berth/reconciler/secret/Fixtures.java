package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.yaml.Node;
import dev.berth.reconciler.desired.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sealed files made by another implementation, and how tests look at what comes out of them. */
final class Fixtures {
    private Fixtures() {}

    static String text(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/secret/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no fixture " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AgeKeys keys(String name) {
        return AgeKeys.read(
                name,
                text(name),
                f -> {
                    throw new AssertionError(f);
                });
    }

    static SopsDocument.Opened open(String text, AgeKeys keys) {
        return SopsDocument.open("f.yaml", text, new YamlReader().read(text), keys);
    }

    /** {@code 0/data/stripe} to {@code TEXT:sk_live_1}. */
    static Map<String, String> values(String text, AgeKeys keys) {
        return switch (open(text, keys)) {
            case SopsDocument.Clear clear -> values(clear);
            case SopsDocument.Refused(SecretFault fault) -> throw new AssertionError(fault);
        };
    }

    static Map<String, String> values(SopsDocument.Clear clear) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < clear.documents().size(); i++) {
            Node root = clear.documents().get(i).root();
            if (root != null) {
                collect(root, Integer.toString(i), values);
            }
        }
        return values;
    }

    static SecretFault fault(String text, AgeKeys keys) {
        return switch (open(text, keys)) {
            case SopsDocument.Clear clear -> throw new AssertionError(values(clear).toString());
            case SopsDocument.Refused(SecretFault fault) -> {
                assertThat(fault.message()).isNotBlank().hasLineCount(1);
                yield fault;
            }
        };
    }

    private static void collect(Node node, String path, Map<String, String> to) {
        switch (node) {
            case Node.Scalar(_, Node.Type type, String text, _) -> to.put(path, type + ":" + text);
            case Node.Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    collect(sequence.items().get(i), path + "/" + i, to);
                }
            }
            case Node.Mapping mapping ->
                    mapping.entries().forEach(e -> collect(e.value(), path + "/" + e.key(), to));
        }
    }
}
