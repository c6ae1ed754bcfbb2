package dev.berth.reconciler.build.recognise;

import dev.berth.schemas.config.App;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the author of an app wrote that matters to a plan.
 *
 * @param path {@code source.path}
 * @param dockerfile {@code build.dockerfile}, relative to the path; {@code null} = no {@code build}
 * @param args names of {@code build.args}
 * @param port {@code port} of the web process
 * @param startsItself {@code command} of the web process is given, so the image needs none
 */
public record Hints(
        String path,
        @Nullable String dockerfile,
        SortedSet<String> args,
        @Nullable Integer port,
        boolean startsItself) {
    public Hints {
        args = Collections.unmodifiableSortedSet(new TreeSet<>(args));
    }

    /** Only a directory is known. */
    public static Hints at(String path) {
        return new Hints(path, null, new TreeSet<>(), null, false);
    }

    /**
     * What the fields of an app say.
     *
     * @param build {@code null} = the author says nothing of it, so that code is recognised
     * @param startsItself the web process has a command
     */
    public static Hints of(
            App.Source source,
            App.@Nullable Build build,
            @Nullable Integer port,
            boolean startsItself) {
        return new Hints(
                source.path(),
                build == null ? null : build.dockerfile(),
                new TreeSet<>(build == null ? Set.of() : build.args().keySet()),
                port,
                startsItself);
    }
}
