package dev.berth.reconciler.build.kept;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The builds that were asked for, kept across restarts, and who is at those that go on. Whoever is
 * at a build holds it by a lease, by the store's own clock: when it is not renewed, another may
 * take the build up. Losing the store loses no app. Thread-safe; every call may block on I/O for as
 * long as the store's own timeouts allow and throws {@link UnavailableException} when the store
 * can't be used.
 */
public interface BuildStore {
    /**
     * Keeps a build as it is now, in place of what was kept of it, and renews its lease for its
     * holder. The first time it comes after all others in the list.
     *
     * @return false when it has ended, or another holds it by now: it stays as it is then
     */
    boolean save(Build build, String holder) throws UnavailableException;

    /**
     * Takes up a build that goes on, if nobody is at it or its holder has not renewed its lease for
     * some time. Of two who try at once one gets it.
     *
     * @return whether it is the holder's now; false also for one that is not kept or has ended
     */
    boolean claim(String build, String holder, Duration validity) throws UnavailableException;

    /** Says that a holder is at these builds still. */
    void renew(Collection<String> builds, String holder) throws UnavailableException;

    /** Every build that goes on, oldest first. */
    List<Build> open() throws UnavailableException;

    /**
     * Builds, newest first.
     *
     * @param app only its own; {@code null} = of any
     * @param cursor where to go on, from {@link Page#next}; {@code null} = at the newest
     * @param limit from 1 to 200
     * @throws IllegalArgumentException if the cursor is not one of ours or the limit out of range
     */
    Page<Build> builds(@Nullable ResourceId app, @Nullable String cursor, int limit)
            throws UnavailableException;

    /** One of them. */
    Optional<Build> build(String id) throws UnavailableException;

    /**
     * What names an image in a registry, by the newest build that pushed it there.
     *
     * @param image as {@link Build#image}
     * @param repository {@code <registry>/<app>}
     */
    Optional<String> pushed(String image, String repository) throws UnavailableException;

    /**
     * Forgets builds that have ended and were asked for before that time, but never the newest of
     * an app.
     *
     * @return their ids
     */
    List<String> forgetBefore(Instant time) throws UnavailableException;
}
