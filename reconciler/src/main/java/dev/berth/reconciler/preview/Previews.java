package dev.berth.reconciler.preview;

import dev.berth.schemas.config.App;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells which previews there are to be. Never waits for anybody. Thread-safe. */
@FunctionalInterface
public interface Previews {
    /** Nobody knows of any. */
    Previews NONE = (_, _, _) -> new Known("", List.of());

    /**
     * What the rules of an app make of what is open in its repo now.
     *
     * @param app name of the app
     * @param repo URL of its code as the document has it; {@code null} = the config repo
     */
    Answer of(String app, App.Previews rules, @Nullable String repo);

    /** What is known. */
    sealed interface Answer {}

    /**
     * These, as {@link PreviewRules#decide} has them.
     *
     * @param repo URL of the repo, of the config repo too
     */
    record Known(String repo, List<Preview> previews) implements Answer {
        public Known {
            previews = List.copyOf(previews);
        }
    }

    /** It can't be told: whatever previews there are stay. */
    record Unknown(String cause) implements Answer {}
}
