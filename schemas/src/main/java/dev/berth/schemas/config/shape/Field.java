package dev.berth.schemas.config.shape;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of a mapping.
 *
 * @param key as YAML spells it
 * @param examples YAML texts that would be right
 * @param presence what happens when the key is missing
 * @param needs a key without which this one is wrong; {@code null} = none
 * @param excludes a key beside which this one is wrong; {@code null} = none
 * @param substituted whether <code>${NAME}</code> in its texts stands for a variable
 */
public record Field(
        String key,
        ValueType type,
        String description,
        List<String> examples,
        Presence presence,
        @Nullable String needs,
        @Nullable String excludes,
        boolean substituted) {
    public Field {
        examples = List.copyOf(examples);
    }

    /** What happens when a key is missing. */
    public sealed interface Presence {}

    /** It is a mistake. */
    public record Required() implements Presence {}

    /** It stands for {@code null}, or for an empty list or map. */
    public record Optional() implements Presence {}

    /** It stands for this YAML text. */
    public record DefaultsTo(String yaml) implements Presence {}
}
