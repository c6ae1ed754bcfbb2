package dev.berth.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one JSON dialect of Berth: fields in declaration order, absent instead of {@code null},
 * durations and instants as ISO-8601 text, unknown fields ignored on reading so that an older
 * process can read a newer one's message. Thread-safe.
 */
public final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(
                            value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();
    private static final Pattern POSITION =
            Pattern.compile("\\s*\\(?at \\[Source:.*", Pattern.DOTALL);

    private Json() {}

    /** The value as one line of JSON. */
    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /**
     * The value read from JSON text.
     *
     * @throws IllegalArgumentException if the text is not JSON of that shape; the message says
     *     where and never repeats the text
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "not a valid %s: %s"
                            .formatted(
                                    type.getSimpleName(),
                                    POSITION.matcher(e.getOriginalMessage()).replaceAll("")),
                    e);
        }
    }
}
