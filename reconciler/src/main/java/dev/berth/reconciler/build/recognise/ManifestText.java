package dev.berth.reconciler.build.recognise;

import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.toml.TomlMapper;

/** Manifests in JSON and TOML, as trees. */
public final class ManifestText {
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                    .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build();
    private static final TomlMapper TOML = new TomlMapper();

    private ManifestText() {}

    /**
     * A JSON file; comments and trailing commas are let pass, as the tools do whose files these
     * are.
     *
     * @throws Unplannable if it is not JSON, no object, or can't be read
     */
    public static JsonNode json(Project project, String name) throws Unplannable {
        return parse(JSON, "JSON", project, name);
    }

    /**
     * A TOML file.
     *
     * @throws Unplannable if it is not TOML, or can't be read
     */
    public static JsonNode toml(Project project, String name) throws Unplannable {
        return parse(TOML, "TOML", project, name);
    }

    private static JsonNode parse(ObjectMapper mapper, String format, Project project, String name)
            throws Unplannable {
        String text = project.manifest(name);
        try {
            JsonNode root = mapper.readTree(text.startsWith("\ufeff") ? text.substring(1) : text);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            throw broken(project, name, "it is not %s: %s".formatted(format, said(e)));
        }
        throw broken(project, name, "it holds no %s object".formatted(format));
    }

    private static String said(JacksonException e) {
        String first = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        first = first.replaceFirst(" \\(start marker at .*", "");
        return e.getLocation() == null || e.getLocation().getLineNr() < 0
                ? first
                : "line %d: %s".formatted(e.getLocation().getLineNr(), first);
    }

    private static Unplannable broken(Project project, String name, String what) {
        return new Unplannable(new PlanFailure.BrokenManifest(project.inRepo(name), what));
    }
}
