package dev.berth.reconciler.cleanup;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the engine does not tell of its images. Where it is lost, images stay longer, and what was
 * pulled stays for good.
 *
 * @param pulled what Berth has pulled: id of the image by the reference it was pulled by
 * @param idleSince since when nobody needs an image, by its id
 * @param cacheDue when old build cache is removed the next time; {@code null} = not known
 */
public record ImageNotes(
        SortedMap<String, String> pulled,
        SortedMap<String, Instant> idleSince,
        @Nullable Instant cacheDue) {
    /** None. */
    public static final ImageNotes NONE = new ImageNotes(new TreeMap<>(), new TreeMap<>(), null);

    public ImageNotes {
        pulled.forEach((_, id) -> Objects.requireNonNull(id, "id")); // it may be a damaged file's
        idleSince.forEach((_, since) -> Objects.requireNonNull(since, "since"));
        pulled = Collections.unmodifiableSortedMap(new TreeMap<>(pulled));
        idleSince = Collections.unmodifiableSortedMap(new TreeMap<>(idleSince));
    }

    /** The same with more that was pulled. */
    public ImageNotes withPulled(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(pulled);
        all.putAll(more);
        return new ImageNotes(new TreeMap<>(all), idleSince, cacheDue);
    }
}
