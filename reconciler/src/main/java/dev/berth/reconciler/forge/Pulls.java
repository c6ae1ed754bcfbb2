package dev.berth.reconciler.forge;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer to the question which pull requests are open. */
public sealed interface Pulls {
    /**
     * All that are open and have a commit.
     *
     * @param pulls by their numbers
     * @param mark to be given the next time; {@code null} when the forge can't tell later whether
     *     anything has changed
     */
    record Listed(List<PullRequest> pulls, @Nullable Mark mark) implements Pulls {
        public Listed {
            pulls = List.copyOf(pulls);
        }

        static Listed of(List<PullRequest> pulls, @Nullable String etag) {
            return new Listed(
                    pulls.stream().sorted(Comparator.comparingInt(PullRequest::number)).toList(),
                    etag == null ? null : new Mark(etag));
        }
    }

    /** Nothing has changed since that mark. */
    record Unchanged() implements Pulls {}
}
