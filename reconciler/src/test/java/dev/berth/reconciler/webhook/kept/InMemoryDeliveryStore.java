package dev.berth.reconciler.webhook.kept;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.schemas.status.Delivery;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Deliveries in memory, to be told to fail. Thread-safe. */
public final class InMemoryDeliveryStore implements DeliveryStore {
    private final TreeMap<String, Delivery> good = new TreeMap<>();
    private final TreeMap<String, Delivery> refused = new TreeMap<>();
    private @Nullable String failure;

    /** Every call fails from now on; {@code null} = none does. */
    public synchronized void fail(@Nullable String message) {
        failure = message;
    }

    @Override
    public synchronized void save(Collection<Delivery> deliveries) throws UnavailableException {
        check();
        for (Delivery delivery : deliveries) {
            boolean isRefused = delivery.outcome().refused();
            TreeMap<String, Delivery> list = isRefused ? refused : good;
            list.put(delivery.id(), delivery);
            while (list.size() > (isRefused ? Deliveries.REFUSED : Deliveries.GOOD)) {
                list.pollFirstEntry();
            }
        }
    }

    @Override
    public synchronized List<Delivery> all() throws UnavailableException {
        check();
        TreeMap<String, Delivery> all = new TreeMap<>();
        Stream.of(good, refused).forEach(all::putAll);
        return List.copyOf(all.values());
    }

    private void check() throws UnavailableException {
        if (failure != null) {
            throw new UnavailableException(failure, null);
        }
    }
}
