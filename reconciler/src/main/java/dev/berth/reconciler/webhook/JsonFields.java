package dev.berth.reconciler.webhook;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A few fields of a JSON object, picked out while it is read; all others are skipped. A field is
 * named by the names that lead to it, {@code push.changes.new.name}; arrays on the way count for
 * nothing, so that a field may have several values.
 */
final class JsonFields {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int MOST_VALUES = 64;
    private static final int LONGEST = 2048;

    private final Set<String> wanted;
    private final Map<String, List<String>> found = new HashMap<>();

    private JsonFields(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** It is no JSON object. */
    static final class NoJsonException extends Exception {
        private static final long serialVersionUID = 1L;

        NoJsonException(@Nullable Throwable cause) {
            super("not a JSON object", cause);
        }
    }

    /**
     * Reads to the end of the object.
     *
     * @throws NoJsonException if it is none
     */
    static JsonFields read(InputStream json, Set<String> wanted) throws NoJsonException {
        JsonFields fields = new JsonFields(wanted);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new NoJsonException(null);
            }
            fields.object(parser, "");
            return fields;
        } catch (JacksonException e) {
            throw new NoJsonException(e);
        }
    }

    private void object(JsonParser parser, String prefix) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String path = prefix + parser.currentName();
            parser.nextToken();
            value(parser, path);
        }
    }

    private void value(JsonParser parser, String path) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT && leadsOn(path)) {
            object(parser, path + ".");
        } else if (token == JsonToken.START_ARRAY && (wanted.contains(path) || leadsOn(path))) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                value(parser, path);
            }
        } else if (token.isStructStart()) {
            parser.skipChildren();
        } else if (token != JsonToken.VALUE_NULL && wanted.contains(path)) {
            add(path, parser.getString());
        }
    }

    private boolean leadsOn(String path) {
        return wanted.stream()
                .anyMatch(
                        field ->
                                field.length() > path.length()
                                        && field.startsWith(path)
                                        && field.charAt(path.length()) == '.');
    }

    private void add(String path, String value) {
        List<String> values = found.computeIfAbsent(path, _ -> new ArrayList<>());
        if (values.size() < MOST_VALUES && value.length() <= LONGEST) {
            values.add(value);
        }
    }

    /** Every value of a field, in their order. */
    List<String> all(String field) {
        return found.getOrDefault(field, List.of());
    }

    /** The first value; {@code null} = it has none. */
    @Nullable String first(String field) {
        List<String> values = all(field);
        return values.isEmpty() ? null : values.getFirst();
    }
}
