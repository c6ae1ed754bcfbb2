package dev.berth.reconciler.webhook;

import dev.berth.reconciler.answer.Page;
import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.webhook.kept.Deliveries;
import dev.berth.reconciler.webhook.kept.DeliveryStore;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Delivery;
import dev.berth.schemas.status.Delivery.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest deliveries. They are in memory, and a thread of its own writes them to the store, so
 * that a slow or missing database holds up no answer; what it has from before is read once.
 * Thread-safe.
 */
public final class DeliveryBook implements Deliveries, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryBook.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
    private static final Duration TOGETHER = Duration.ofSeconds(1);
    private static final int MOST = 200;
    private static final String ID = "[0-9a-f]{12}";

    private final DeliveryStore store;
    private final Clockwork clock;
    private final Clockwork.Bell news;

    // Guarded by this.
    private final TreeMap<String, Delivery> good = new TreeMap<>();
    private final TreeMap<String, Delivery> refused = new TreeMap<>();
    private final TreeMap<String, Delivery> unsaved = new TreeMap<>(); // all are in a list above
    private final Map<String, Map<Outcome, Long>> counts = new TreeMap<>();
    private long lastId;
    private boolean closed;

    // Owned by the thread.
    private boolean recalled;

    /** A book that nobody writes down yet. */
    public DeliveryBook(DeliveryStore store, Clockwork clock) {
        this.store = store;
        this.clock = clock;
        this.news = clock.bell();
    }

    /** Begins to write it down, and to read what was before. Once only. */
    public void start() {
        news.ring();
        var _ = clock.start("berth-deliveries", this::run);
    }

    /** A delivery before it has a place in the list. The fields are those of {@link Delivery}. */
    record Entry(
            String provider,
            @Nullable String host,
            @Nullable String delivery,
            @Nullable String event,
            @Nullable String repo,
            @Nullable String ref,
            @Nullable Integer number,
            Outcome outcome,
            List<ResourceId> matched,
            @Nullable String message) {
        Entry {
            matched = List.copyOf(matched);
        }

        static Entry refused(String provider, Outcome outcome, String why) {
            return new Entry(provider, null, null, null, null, null, null, outcome, List.of(), why);
        }

        static Entry of(Dialect dialect, String host, @Nullable String delivery) {
            return new Entry(
                    dialect.word(),
                    host,
                    delivery,
                    null,
                    null,
                    null,
                    null,
                    Outcome.Ignored,
                    List.of(),
                    null);
        }

        Entry about(Notice notice, @Nullable String where) {
            return new Entry(
                    provider,
                    host,
                    delivery,
                    notice.event(),
                    where,
                    notice.ref(),
                    notice.number(),
                    outcome,
                    matched,
                    message);
        }

        Entry matching(Collection<ResourceId> owners) {
            return new Entry(
                    provider,
                    host,
                    delivery,
                    event,
                    repo,
                    ref,
                    number,
                    outcome,
                    List.copyOf(owners),
                    message);
        }

        Entry came(Outcome to, @Nullable String why) {
            return new Entry(provider, host, delivery, event, repo, ref, number, to, matched, why);
        }

        Delivery at(String id, Instant now) {
            return new Delivery(
                    id, now, now, 1, provider, host, delivery, event, repo, ref, number, outcome,
                    matched, message);
        }

        boolean repeats(Delivery before) {
            return delivery != null
                    && delivery.equals(before.delivery())
                    && provider.equals(before.provider())
                    && Objects.equals(host, before.host())
                    && outcome == before.outcome();
        }
    }

    /** Lists a delivery; one with the sender's id of an earlier one is that one come again. */
    synchronized Delivery note(Entry entry) {
        Instant now = clock.instant();
        counts.computeIfAbsent(entry.provider(), _ -> new EnumMap<>(Outcome.class))
                .merge(entry.outcome(), 1L, Long::sum);
        Delivery before =
                entry.delivery() == null
                        ? null
                        : good.descendingMap().values().stream()
                                .filter(entry::repeats)
                                .findFirst()
                                .orElse(null);
        Delivery noted = before == null ? entry.at(nextId(now), now) : before.again(now);
        unsaved.put(noted.id(), noted);
        put(noted);
        news.ring();
        return noted;
    }

    private String nextId(Instant now) {
        lastId = Math.max(lastId + 1, now.toEpochMilli());
        return "%012x".formatted(lastId);
    }

    private void put(Delivery delivery) {
        boolean isRefused = delivery.outcome().refused();
        TreeMap<String, Delivery> list = isRefused ? refused : good;
        list.put(delivery.id(), delivery);
        if (list.size() > (isRefused ? REFUSED : GOOD)) {
            unsaved.remove(list.pollFirstEntry().getKey()); // the store would drop it as well
        }
    }

    // ---- for readers ----

    @Override
    public synchronized Page<Delivery> deliveries(@Nullable String cursor, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit must be 1 to " + MOST + ", not " + limit);
        }
        if (cursor != null && !cursor.matches(ID)) {
            throw new IllegalArgumentException("not a cursor of this list: " + cursor);
        }
        List<Delivery> found =
                Stream.concat(before(good, cursor), before(refused, cursor))
                        .sorted((one, other) -> other.id().compareTo(one.id()))
                        .limit(limit + 1L)
                        .toList();
        List<Delivery> shown = found.subList(0, Math.min(limit, found.size()));
        return new Page<>(shown, found.size() > limit ? shown.getLast().id() : null);
    }

    private static Stream<Delivery> before(
            SortedMap<String, Delivery> list, @Nullable String cursor) {
        return (cursor == null ? list : list.headMap(cursor)).values().stream();
    }

    @Override
    public synchronized Optional<Delivery> delivery(String id) {
        return Optional.ofNullable(good.getOrDefault(id, refused.get(id)));
    }

    @Override
    public synchronized List<Count> counts() {
        List<Count> all = new ArrayList<>();
        counts.forEach(
                (provider, own) ->
                        own.forEach((outcome, n) -> all.add(new Count(provider, outcome, n))));
        return all;
    }

    // ---- writing it down ----

    private void run() {
        try {
            while (!isClosed()) {
                var _ = news.await(Duration.ofHours(1));
                try {
                    recall();
                    save();
                    clock.sleep(TOGETHER);
                } catch (UnavailableException e) {
                    LOG.debug("deliveries are not written down now: {}", e.getMessage());
                    clock.sleep(TRY_AGAIN);
                    news.ring();
                } catch (RuntimeException e) {
                    LOG.warn("a bug keeps deliveries from being written down", e);
                    clock.sleep(TRY_AGAIN);
                }
            }
            save();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UnavailableException e) {
            LOG.warn("the last deliveries are not written down: {}", e.getMessage());
        }
    }

    private void recall() throws UnavailableException {
        if (recalled) {
            return;
        }
        List<Delivery> before = store.all();
        synchronized (this) {
            for (Delivery delivery : before) {
                if (!good.containsKey(delivery.id()) && !refused.containsKey(delivery.id())) {
                    put(delivery);
                }
                if (delivery.id().matches(ID)) { // the clock may have been set back since
                    lastId = Math.max(lastId, Long.parseLong(delivery.id(), 16));
                }
            }
        }
        recalled = true;
    }

    private void save() throws UnavailableException {
        List<Delivery> now = unsaved();
        if (now.isEmpty()) {
            return;
        }
        store.save(now);
        synchronized (this) {
            now.forEach(delivery -> unsaved.remove(delivery.id(), delivery));
        }
    }

    private synchronized List<Delivery> unsaved() {
        return List.copyOf(unsaved.values());
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Has what is left written down once, by its own thread. */
    @Override
    public synchronized void close() {
        closed = true;
        news.ring();
    }
}
