package dev.berth.reconciler.desired;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.berth.schemas.config.Command;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How code becomes what an app runs or serves. Remembered as JSON beside the source it was found
 * in.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Recipe.Own.class, name = "own"),
    @JsonSubTypes.Type(value = Recipe.Written.class, name = "written"),
    @JsonSubTypes.Type(value = Recipe.AsItIs.class, name = "as-it-is")
})
public sealed interface Recipe {
    /** By an engine. */
    sealed interface ByDockerfile extends Recipe {}

    /**
     * By the author's Dockerfile.
     *
     * @param dockerfile relative to the source's path
     */
    record Own(String dockerfile) implements ByDockerfile {}

    /**
     * By a Dockerfile that Berth wrote for what it recognised.
     *
     * @param context directory of the repo that the builder gets: the source's path, or the root of
     *     the workspace above it
     * @param dockerfile its text
     */
    record Written(Recognised as, String context, String dockerfile, Output output)
            implements ByDockerfile {}

    /**
     * Not at all: the files are served as they are.
     *
     * @param context directory of the repo whose ignore files count
     * @param directory the directory of the repo that is served
     */
    record AsItIs(Recognised as, String context, String directory, boolean spa) implements Recipe {}

    /** What was recognised; {@code null} when that was not asked. */
    default @Nullable Recognised recognised() {
        return switch (this) {
            case Own _ -> null;
            case Written(var as, _, _, _) -> as;
            case AsItIs(var as, _, _, _) -> as;
        };
    }

    /**
     * What code is.
     *
     * @param name for people: {@code Next.js (standalone)}
     * @param reason what speaks for it, for people
     */
    record Recognised(String name, String reason) {}

    /** What a build makes. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Program.class, name = "program"),
        @JsonSubTypes.Type(value = Site.class, name = "site")
    })
    sealed interface Output {}

    /**
     * An image whose own command is that of the web process.
     *
     * @param port the web process listens there
     * @param release runs before a release starts; {@code null} = nothing does
     * @param others further processes by name
     */
    record Program(int port, @Nullable Command release, SortedMap<String, Command> others)
            implements Output {
        public Program {
            others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
        }
    }

    /**
     * An image that only carries files for the edge.
     *
     * @param spa unknown paths are answered with {@code /index.html}
     */
    record Site(boolean spa) implements Output {}
}
