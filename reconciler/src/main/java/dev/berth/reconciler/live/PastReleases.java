package dev.berth.reconciler.live;

import dev.berth.reconciler.desired.KnownRelease;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of an app's releases, beside what lives.
 *
 * @param lastReady the newest one that was ready; {@code null} when none is known
 * @param inTraffic the one that served last, whether it still does or not; {@code null} when it is
 *     not known, can't be made again, or has ended because nothing was to serve any more
 */
public record PastReleases(@Nullable KnownRelease lastReady, @Nullable KnownRelease inTraffic) {
    /** Nothing is remembered. */
    public static final PastReleases NONE = new PastReleases(null, null);

    /** True for a release that has served, or was ready, as far as that is remembered. */
    public boolean had(String release) {
        return (lastReady != null && lastReady.id().equals(release))
                || (inTraffic != null && inTraffic.id().equals(release));
    }
}
