package dev.berth.reconciler.preview;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.PreviewId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells which previews there are to be. Never waits for anybody. Thread-safe. */
@FunctionalInterface
public interface Previews {
    /** Nobody knows of any. */
    Previews NONE = (_, _, _) -> new Known("", List.of(), new TreeSet<>());

    /**
     * What the rules of an app make of what is open in its repo now.
     *
     * @param app name of the app
     * @param repo URL of its code as the document has it; {@code null} = the config repo
     */
    Answer of(String app, App.Previews rules, @Nullable String repo);

    /**
     * Which previews there are, wanted or not: one that nobody knows is asked about, and all have
     * their turns before those that only wait. Until that was said none is told to be wanted or to
     * have ended.
     */
    default void live(Collection<Live> lives) {}

    /**
     * Something of a preview that there is.
     *
     * @param commit what it was made of; empty when that is not known
     */
    record Live(PreviewId id, String commit) {}

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
     * @param ended keys of those that may go unless they are wanted: each was proven, by itself, to
     *     have ended or to be let in no more. Any other stays, for it may be of a pull request that
     *     is open
     */
    record Known(String repo, List<Preview> previews, SortedSet<String> ended) implements Answer {
        public Known {
            previews = List.copyOf(previews);
            ended = Collections.unmodifiableSortedSet(new TreeSet<>(ended));
        }
    }

    /** It can't be told: whatever previews there are stay. */
    record Unknown(String cause) implements Answer {}
}
