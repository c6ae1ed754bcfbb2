package dev.berth.reconciler.notify;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import dev.berth.schemas.config.Alert;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages on their way: kept on disk, sent, tried again with growing pauses, given up after a day.
 * {@link #add}, {@link #restore}, {@link #keepAll} and {@link #dispatch} are for one thread.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** A message that nobody took by then is given up. */
    static final Duration GIVE_UP = Duration.ofDays(1);

    /** So many wait in memory while the disk takes none. */
    static final int MOST_UNKEPT = 1000;

    private final OutboxStore store;
    private final Sender sender;
    private final IntFunction<Duration> pauses;
    private final Clockwork clock;
    private final Executor threads;
    private final Runnable bell;
    private final Object lock = new Object();
    private final SortedMap<String, Lane> lanes = new TreeMap<>(); // all below: guarded by lock
    private long sent;
    private long failures;
    private long givenUp;

    /**
     * @param pauses after so many failures in a row of one alert
     * @param bell told when something ended
     */
    Delivery(
            OutboxStore store,
            Sender sender,
            IntFunction<Duration> pauses,
            Clockwork clock,
            Executor threads,
            Runnable bell) {
        this.store = store;
        this.sender = sender;
        this.pauses = pauses;
        this.clock = clock;
        this.threads = threads;
        this.bell = bell;
    }

    Outbox.Counts counts() {
        synchronized (lock) {
            int waiting = lanes.values().stream().mapToInt(Lane::size).sum();
            return new Outbox.Counts(waiting, sent, failures, givenUp);
        }
    }

    /** One that an earlier process kept. */
    void restore(Message message) {
        add(message, true);
    }

    /** A new one; it replaces what says the same. */
    void add(Message message) {
        add(message, false);
    }

    private void add(Message message, boolean kept) {
        Message replaced;
        List<Message> tooMany;
        synchronized (lock) {
            replaced = lane(message).add(message, kept);
            tooMany = oldestBeyond(MOST_UNKEPT);
            tooMany.forEach(m -> lane(m).remove(m.id()));
            givenUp += tooMany.size();
        }
        if (replaced != null && !replaced.id().equals(message.id())) {
            forget(replaced);
        }
        tooMany.forEach(m -> LOG.warn("not told, as the disk is full: {}", m.text()));
    }

    private List<Message> oldestBeyond(int most) {
        List<Message> unkept = new ArrayList<>();
        lanes.values().forEach(lane -> unkept.addAll(lane.unkept()));
        int beyond = unkept.size() - most;
        return beyond <= 0
                ? List.of()
                : unkept.stream().sorted(Comparator.comparing(Message::at)).limit(beyond).toList();
    }

    private Lane lane(Message message) {
        return lanes.computeIfAbsent(message.alert(), _ -> new Lane());
    }

    /**
     * Puts on disk what is not there.
     *
     * @throws IOException from the first that can't be; the rest stays in memory as well
     */
    void keepAll() throws IOException {
        List<Message> unkept = new ArrayList<>();
        synchronized (lock) {
            lanes.values().forEach(lane -> unkept.addAll(lane.unkept()));
        }
        for (Message message : unkept) {
            store.keep(message);
            synchronized (lock) {
                lane(message).markKept(message.id());
            }
        }
    }

    /** Sends what is due; does not wait for it. */
    void dispatch(Watch watch) {
        List<String> names;
        synchronized (lock) {
            names = List.copyOf(lanes.keySet());
        }
        for (String name : names) {
            Message due = due(name);
            while (due != null && !isWanted(due, watch)) {
                due = due(name);
            }
            Alert alert = watch.alert(name);
            if (due != null && alert != null) {
                begin(due, alert);
            }
        }
    }

    private @Nullable Message due(String name) {
        synchronized (lock) {
            return Objects.requireNonNull(lanes.get(name)).due(clock);
        }
    }

    /** Drops those that are too old, or of alerts that are gone. */
    private boolean isWanted(Message message, Watch watch) {
        boolean old = !message.at().plus(GIVE_UP).isAfter(clock.instant());
        if (!old && watch.alert(message.alert()) != null) {
            return true;
        }
        if (old) {
            LOG.warn(
                    "alert/{} took nothing for a day; nobody was told: {}",
                    message.alert(),
                    message.text());
        }
        synchronized (lock) {
            lane(message).remove(message.id());
            givenUp += old ? 1 : 0;
        }
        forget(message);
        return false;
    }

    private void begin(Message message, Alert alert) {
        synchronized (lock) {
            lane(message).begin(message);
        }
        threads.execute(() -> send(message, alert));
    }

    private void send(Message message, Alert alert) {
        try {
            sender.send(message, alert);
            taken(message);
        } catch (IOException e) {
            refused(message, Objects.requireNonNullElse(e.getMessage(), "no cause"));
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            LOG.error("a bug in the sender of alert/{}", message.alert(), e);
            refused(message, "a bug, see the log");
        } finally {
            bell.run();
        }
    }

    private void taken(Message message) {
        synchronized (lock) {
            lane(message).taken(message);
            sent++;
        }
        forget(message);
    }

    private void refused(Message message, String why) {
        int inRow;
        synchronized (lock) {
            failures++;
            inRow = lane(message).refused(message);
            lane(message).pauseUntil(Deadline.in(pauses.apply(inRow), clock));
        }
        if (inRow == 1) {
            LOG.warn("alert/{} does not get through, trying on: {}", message.alert(), why);
        }
    }

    private void forget(Message message) {
        try {
            store.delete(message.id());
        } catch (IOException e) {
            LOG.warn("a message can't be deleted, a restart sends it again: {}", e.toString());
        }
    }

    /** Time until a pause ends; an hour when there is none. */
    Duration untilNext() {
        synchronized (lock) {
            return lanes.values().stream()
                    .map(lane -> lane.left(clock))
                    .filter(Objects::nonNull)
                    .min(Duration::compareTo)
                    .orElse(Duration.ofHours(1));
        }
    }
}
