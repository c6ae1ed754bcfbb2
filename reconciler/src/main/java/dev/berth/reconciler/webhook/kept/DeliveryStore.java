package dev.berth.reconciler.webhook.kept;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.status.Delivery;
import java.util.Collection;
import java.util.List;

/**
 * The newest deliveries, kept across restarts: {@link Deliveries#GOOD} whose signature was right,
 * and {@link Deliveries#REFUSED} others. Losing them loses nothing but the list. Thread-safe; every
 * call may block on I/O for as long as the store's own timeouts allow and throws {@link
 * UnavailableException} when the store can't be used.
 */
public interface DeliveryStore {
    /** Keeps these as they are now, and forgets what is too old by then. */
    void save(Collection<Delivery> deliveries) throws UnavailableException;

    /** All that are kept, oldest first. */
    List<Delivery> all() throws UnavailableException;
}
