package dev.berth.reconciler.build.recognise;

import dev.berth.schemas.config.App;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the author of an app wrote that matters to a plan.
 *
 * @param path {@code source.path}
 * @param dockerfile {@code build.dockerfile}, relative to the path; {@code null} = no {@code build}
 * @param variables names of {@code build.args}, and of variables that are there at build
 * @param port {@code port} of the web process
 * @param startsItself {@code command} of the web process is given, so the image needs none
 */
public record Hints(
        String path,
        @Nullable String dockerfile,
        BuildVariables variables,
        @Nullable Integer port,
        boolean startsItself) {

    /** Only a directory is known. */
    public static Hints at(String path) {
        return new Hints(path, null, BuildVariables.NONE, null, false);
    }

    /**
     * What the fields of an app say.
     *
     * @param build {@code null} = the author says nothing of it, so that code is recognised
     * @param env names of variables that are there at build
     * @param startsItself the web process has a command
     */
    public static Hints of(
            App.Source source,
            App.@Nullable Build build,
            BuildVariables env,
            @Nullable Integer port,
            boolean startsItself) {
        return new Hints(
                source.path(),
                build == null ? null : build.dockerfile(),
                build == null ? env : env.with(new TreeSet<>(build.args().keySet())),
                port,
                startsItself);
    }
}
