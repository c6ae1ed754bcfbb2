package dev.berth.reconciler.build.kept;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds, for those who look. Thread-safe. */
public interface Builds {
    /**
     * Builds, newest first, each as it is now.
     *
     * @throws IllegalArgumentException as {@link BuildStore#builds}
     * @throws UnavailableException if the database does not answer
     */
    Page<Build> builds(@Nullable ResourceId app, @Nullable String cursor, int limit)
            throws UnavailableException;

    /**
     * One of them, as it is now.
     *
     * @throws UnavailableException if it does not go on and the database does not answer
     */
    Optional<Build> build(String id) throws UnavailableException;

    /** Those that go on, oldest first, without asking the database. */
    List<Build> underway();

    /** What came of those of this process. */
    BuildCounts counts();
}
