package dev.berth.reconciler.build.recognise;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has tools that keep results from build to build look at every file anew. The files of a build all
 * have the same time, whatever is in them, and such tools (Cargo, webpack, Go's index of packages)
 * take a file of an unchanged time for an unchanged file.
 */
public final class Fresh {
    private Fresh() {}

    /**
     * The line, run after all files got the time of this build.
     *
     * @param directory absolute; nothing above it is touched
     * @param kept directories below it that are kept from build to build, absolute
     */
    public static String line(String directory, String line, String... kept) {
        String passedOver =
                Stream.concat(
                                Stream.of("-name node_modules"),
                                Stream.of(kept).map("-path %s"::formatted))
                        .map(each -> each + " -prune -o ")
                        .collect(Collectors.joining());
        return "find %s %s-type f -exec touch {} + && %s".formatted(directory, passedOver, line);
    }
}
