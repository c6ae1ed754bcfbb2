package dev.berth.reconciler.build.recognise;

import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the author of an app wrote that matters to a plan.
 *
 * @param path {@code source.path}
 * @param dockerfile {@code build.dockerfile}, relative to the path; {@code null} = no {@code build}
 * @param variables names of {@code build.args}, and of variables that are there at build
 * @param port {@code port} of the web process
 * @param commands what the document runs in the image
 */
public record Hints(
        String path,
        @Nullable String dockerfile,
        BuildVariables variables,
        @Nullable Integer port,
        Commands commands) {

    /**
     * What the author's document runs in the image, instead of what the image would run.
     *
     * @param web {@code command} of the web process; {@code null} = the image's own
     * @param others of other processes, before a release, and by the clock
     */
    public record Commands(@Nullable Command web, List<Command> others) {
        /** The document names none. */
        public static final Commands NONE = new Commands(null, List.of());

        public Commands {
            others = List.copyOf(others);
        }

        /** All of them, the web process's first. */
        public List<Command> all() {
            List<Command> all = new ArrayList<>(others);
            if (web != null) {
                all.addFirst(web);
            }
            return all;
        }
    }

    /** Only a directory is known. */
    public static Hints at(String path) {
        return new Hints(path, null, BuildVariables.NONE, null, Commands.NONE);
    }

    /**
     * What the fields of an app say.
     *
     * @param build {@code null} = the author says nothing of it, so that code is recognised
     * @param env names of variables that are there at build
     */
    public static Hints of(
            App.Source source,
            App.@Nullable Build build,
            BuildVariables env,
            @Nullable Integer port,
            Commands commands) {
        return new Hints(
                source.path(),
                build == null ? null : build.dockerfile(),
                build == null ? env : env.with(new TreeSet<>(build.args().keySet())),
                port,
                commands);
    }

    /** The web process has a command, so the image needs none. */
    public boolean startsItself() {
        return commands.web() != null;
    }
}
