package dev.berth.reconciler.build.blueprint;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One thing that is done in a build. */
public sealed interface Step {
    /**
     * Files of the context into a directory.
     *
     * @param from paths or patterns relative to the context; {@code .} = all
     * @param to directory; with several files it ends in {@code /}
     */
    record Copy(List<String> from, String to) implements Step {
        public Copy {
            from = List.copyOf(from);
        }
    }

    /** A file or directory of another image. */
    record CopyFromImage(String image, String from, String to) implements Step {}

    /** From now on commands run in that directory. */
    record ChangeDirectory(String to) implements Step {}

    /**
     * A line for the shell.
     *
     * @param caches directories that outlive the build
     */
    record Run(String command, List<Cache> caches) implements Step {
        public Run {
            caches = List.copyOf(caches);
        }

        public Run(String command, Cache... caches) {
            this(command, List.of(caches));
        }
    }

    /** Variables of all steps after it. Never secrets. */
    record Env(SortedMap<String, String> variables) implements Step {
        public Env {
            variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
        }

        public Env(String name, String value) {
            this(new TreeMap<>(Map.of(name, value)));
        }
    }

    /** Packages of the image's distribution. */
    record Packages(List<String> names) implements Step {
        public Packages {
            names = List.copyOf(names);
        }
    }

    /**
     * A directory that outlives the build, for later builds of the same app.
     *
     * @param id its name among those of the app
     * @param shared several builds may use it at a time; else the second one waits
     */
    record Cache(String id, String path, boolean shared) {}
}
