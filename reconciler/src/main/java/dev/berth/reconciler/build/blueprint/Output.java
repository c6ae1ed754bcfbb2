package dev.berth.reconciler.build.blueprint;

import dev.berth.schemas.config.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What comes out of a build. */
public sealed interface Output {
    /**
     * An image of a program that listens on PORT, runs without privileges and ends on SIGTERM.
     *
     * @param image base image
     * @param setup steps before anything is copied
     * @param artifacts what is taken from the build, in this order
     * @param workdir absolute; commands start there
     * @param env variables of the image
     * @param processes what it can run
     */
    record Service(
            String image,
            List<Step> setup,
            List<Artifact> artifacts,
            String workdir,
            SortedMap<String, String> env,
            Processes processes)
            implements Output {
        public Service {
            setup = List.copyOf(setup);
            artifacts = List.copyOf(artifacts);
            env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
        }
    }

    /**
     * Files for the edge; nothing runs.
     *
     * @param directory absolute in the build; without a build relative to the context
     * @param spa unknown paths are answered with {@code /index.html}
     */
    record Site(String directory, boolean spa) implements Output {}

    /**
     * Something taken from the build.
     *
     * @param from absolute path in the build
     * @param to absolute path in the image
     * @param own the program may write there
     */
    record Artifact(String from, String to, boolean own) {}

    /**
     * What an image can run.
     *
     * @param port the web process listens there when PORT does not say otherwise
     * @param web {@code null} = the author says it in the app's own file
     * @param release runs before a release starts; {@code null} = nothing does
     * @param others by name, such as {@code worker}
     */
    record Processes(
            int port,
            @Nullable Command web,
            @Nullable Command release,
            SortedMap<String, Command> others) {
        public Processes {
            others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
        }

        /** Every command there is. */
        public List<Command> all() {
            List<Command> all = new ArrayList<>(others.values());
            if (web != null) {
                all.add(web);
            }
            if (release != null) {
                all.add(release);
            }
            return all;
        }
    }
}
