package dev.berth.reconciler.notify;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one alert that wait, oldest first; one at a time is under way. After a failure
 * the messages of that resource go behind those of others, in their order: one that is never taken
 * holds up nobody else's, and nobody reads that something is well again before that it failed. Not
 * thread-safe.
 */
final class Lane {
    private final List<Waiting> queue = new ArrayList<>();
    private @Nullable String underway;
    private @Nullable Deadline pause;
    private int failures;

    /**
     * A message that was not taken yet.
     *
     * @param kept true when it lies on disk
     */
    record Waiting(Message message, boolean kept) {}

    /** Adds one; what it replaces goes. */
    @Nullable Message add(Message message, boolean kept) {
        Message replaced =
                queue.stream()
                        .map(Waiting::message)
                        .filter(message::replaces)
                        .findFirst()
                        .orElse(null);
        if (replaced != null) {
            remove(replaced.id());
        }
        queue.add(new Waiting(message, kept));
        return replaced;
    }

    /** What may be sent now: nothing while something is under way or after a failure. */
    @Nullable Message due(Clockwork clock) {
        boolean waits = underway != null || (pause != null && !pause.over(clock));
        return waits || queue.isEmpty() ? null : queue.getFirst().message();
    }

    /** Time until something is due; {@code null} when nothing waits for time. */
    @Nullable Duration left(Clockwork clock) {
        return queue.isEmpty() || underway != null || pause == null ? null : pause.left(clock);
    }

    void begin(Message message) {
        underway = message.id();
    }

    void taken(Message message) {
        underway = null;
        pause = null;
        failures = 0;
        remove(message.id());
    }

    /**
     * It was not taken.
     *
     * @return how often in a row that was so
     */
    int refused(Message message) {
        underway = null;
        failures++;
        List<Waiting> behind =
                queue.stream()
                        .filter(w -> w.message().resource().equals(message.resource()))
                        .toList();
        queue.removeAll(behind);
        queue.addAll(behind);
        return failures;
    }

    void pauseUntil(Deadline end) {
        pause = end;
    }

    void remove(String id) {
        queue.removeIf(w -> w.message().id().equals(id));
    }

    void markKept(String id) {
        queue.replaceAll(w -> w.message().id().equals(id) ? new Waiting(w.message(), true) : w);
    }

    /** Those that lie nowhere but here, and are not under way. */
    List<Message> unkept() {
        return queue.stream()
                .filter(w -> !w.kept() && !w.message().id().equals(underway))
                .map(Waiting::message)
                .toList();
    }

    int size() {
        return queue.size();
    }
}
