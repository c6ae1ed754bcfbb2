package dev.berth.reconciler.build.recognise.node;

import dev.berth.schemas.config.Command;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is there after a package was built; paths are relative to its directory. */
sealed interface Outcome {
    /** More about how it was made, for people; {@code ""} = nothing more. */
    String variant();

    /** Files for browsers. */
    record Files(String variant, String directory, boolean spa) implements Outcome {}

    /**
     * A server that is complete in some directories, without the dependencies of the package.
     *
     * @param kept directory of the build to directory of the image
     */
    record Bundle(String variant, SortedMap<String, String> kept, Command start)
            implements Outcome {
        public Bundle {
            kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
        }
    }

    /**
     * A server that needs the package as it is.
     *
     * @param start {@code null} = not found
     * @param looked where it was looked for
     */
    record Whole(String variant, @Nullable Command start, List<String> looked) implements Outcome {
        public Whole {
            looked = List.copyOf(looked);
        }
    }
}
