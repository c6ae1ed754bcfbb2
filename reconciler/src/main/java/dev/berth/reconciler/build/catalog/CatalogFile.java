package dev.berth.reconciler.build.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Catalogs as JSON: {@code {"languages": {"node": {"lines": ["24"], "build": "…", "run": "…"}},
 * "tools": {"pnpm": "10"}, "digests": {"node:24-bookworm-slim": "sha256:…"}}}. A language may have
 * {@code "exact": true}, and lines whose images have other names in {@code "apart": {"20":
 * {"build": "…", "run": "…"}}}. Each part may be missing, so a file of one's own says only what is
 * different.
 */
public final class CatalogFile {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DEFAULTS = "images.json";

    private CatalogFile() {}

    /** What Berth brings. */
    public static Catalog defaults() {
        try (InputStream in = CatalogFile.class.getResourceAsStream(DEFAULTS)) {
            if (in == null) {
                throw new IllegalStateException(DEFAULTS + " is missing in Berth's own jar");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("can't read " + DEFAULTS + " in Berth's own jar", e);
        }
    }

    /**
     * Reads a catalog.
     *
     * @throws IllegalArgumentException if it is no JSON, a part has another shape, or a language
     *     lacks something; the message says which
     */
    public static Catalog parse(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "the image catalog is not JSON: " + e.getOriginalMessage(), e);
        }
        SortedMap<String, Catalog.Language> languages = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : root.path("languages").properties()) {
            languages.put(each.getKey(), language(each.getKey(), each.getValue()));
        }
        return new Catalog(languages, words(root.path("tools")), words(root.path("digests")));
    }

    private static Catalog.Language language(String name, JsonNode node) {
        List<String> lines = new ArrayList<>();
        node.path("lines").forEach(line -> lines.add(line.asString()));
        SortedMap<String, Catalog.Names> apart = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : node.path("apart").properties()) {
            String place = name + ".apart." + each.getKey();
            apart.put(
                    each.getKey(),
                    new Catalog.Names(
                            required(place, each.getValue(), "build"),
                            required(place, each.getValue(), "run")));
        }
        return new Catalog.Language(
                lines,
                required(name, node, "build"),
                required(name, node, "run"),
                node.path("exact").asBoolean(false),
                apart);
    }

    private static String required(String place, JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(
                    "languages.%s.%s of the image catalog must be an image name"
                            .formatted(place, field));
        }
        return value.asString();
    }

    private static SortedMap<String, String> words(JsonNode node) {
        SortedMap<String, String> words = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            words.put(each.getKey(), each.getValue().asString());
        }
        return words;
    }
}
