package dev.berth.reconciler.webhook.kept;

import dev.berth.reconciler.answer.Page;
import dev.berth.schemas.status.Delivery;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came in by webhooks, for those who look. Thread-safe; answers at once. */
public interface Deliveries {
    /** So many with a right signature are remembered. */
    int GOOD = 500;

    /** So many others are: junk pushes nothing out. */
    int REFUSED = 100;

    /**
     * What came in, newest first.
     *
     * @param cursor where to go on, from {@link Page#next}; {@code null} = at the newest
     * @param limit from 1 to 200
     * @throws IllegalArgumentException if the cursor is not one of ours or the limit out of range
     */
    Page<Delivery> deliveries(@Nullable String cursor, int limit);

    /** One of them. */
    Optional<Delivery> delivery(String id);

    /** What came in since the start of the process, and what became of it. */
    List<Count> counts();

    /** How often deliveries of a provider came to that. */
    record Count(String provider, Delivery.Outcome outcome, long deliveries) {}
}
