package dev.berth.reconciler.preview;

import dev.berth.schemas.config.App;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
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

    /**
     * One to ask what would be: nobody is asked anything for it, and nobody has a turn by it. Of
     * what was never asked for in earnest it knows nothing.
     */
    default Previews asKnown() {
        return this;
    }

    /** What is known. */
    sealed interface Answer {}

    /**
     * These, as {@link PreviewRules#decide} has them.
     *
     * @param repo URL of the repo, of the config repo too
     * @param ended what may be gone that is not among these
     */
    record Known(String repo, List<Preview> previews, Ended ended) implements Answer {
        public Known {
            previews = List.copyOf(previews);
        }

        /** These, and certainly no others. */
        public Known(String repo, List<Preview> previews) {
            this(repo, previews, Ended.ALL);
        }
    }

    /** It can't be told: whatever previews there are stay. */
    record Unknown(String cause) implements Answer {}

    /**
     * Of which previews it is known that there is to be none, unless they are wanted. One that runs
     * and that nobody knows anything of may be of a pull request that is open.
     *
     * @param pulls whether those of all other pull requests are among them
     * @param branches whether those of all other branches are
     * @param keys of those that are in any case
     */
    record Ended(boolean pulls, boolean branches, SortedSet<String> keys) {
        /** All of them. */
        public static final Ended ALL = new Ended(true, true, new TreeSet<>());

        /** None of them. */
        public static final Ended NONE = new Ended(false, false, new TreeSet<>());

        public Ended {
            keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
        }

        /** Whether one with that key may be gone. */
        public boolean proves(String key) {
            return (key.matches("pr-[0-9]+") ? pulls : branches) || keys.contains(key);
        }

        /** Whether any may. */
        public boolean isAll() {
            return pulls && branches;
        }
    }
}
