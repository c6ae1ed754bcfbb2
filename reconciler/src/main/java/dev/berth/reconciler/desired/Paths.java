package dev.berth.reconciler.desired;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Paths as config writes them, brought to one form: no empty and no '.' segments. */
final class Paths {
    private Paths() {}

    /** A path in a repo; {@code .} for its root. */
    static String inRepo(String path) {
        String joined = join(path);
        return joined.isEmpty() ? "." : joined;
    }

    /** The path of a file below a directory of a repo. */
    static String inRepo(String directory, String file) {
        return inRepo(directory + "/" + file);
    }

    /** An absolute path in a container. */
    static String absolute(String path) {
        return "/" + join(path);
    }

    /** The path of a route: without a trailing slash. */
    static String route(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** True for a directory's own files and those below it. */
    static boolean isWithin(String file, String directory) {
        return directory.equals(".") || file.startsWith(directory + "/");
    }

    private static String join(String path) {
        return Stream.of(path.split("/", -1))
                .filter(segment -> !segment.isEmpty() && !segment.equals("."))
                .collect(Collectors.joining("/"));
    }
}
