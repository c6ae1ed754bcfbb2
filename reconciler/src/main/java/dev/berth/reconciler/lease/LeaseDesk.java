package dev.berth.reconciler.lease;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.Deadline;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database for the lease, each time on a thread of its own: one that hangs holds up
 * nobody, and is not asked again until it has answered. Thread-safe.
 */
final class LeaseDesk {
    private final String self;
    private final LeaseStore store;
    private final LeaseTimes times;
    private final Clockwork clock;
    private final Clockwork.Bell idle;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean closed;

    LeaseDesk(String self, LeaseStore store, LeaseTimes times, Clockwork clock) {
        this.self = self;
        this.store = store;
        this.times = times;
        this.clock = clock;
        this.idle = clock.bell();
    }

    /** What the database says. */
    sealed interface Answer {
        /** The lease is one's own. */
        record Ours() implements Answer {}

        /** Another home has it. */
        record Others(String holder) implements Answer {}

        /** Nothing, at least not in time. */
        record Silence() implements Answer {}
    }

    /** Something asked of the database. */
    @FunctionalInterface
    private interface Question {
        Answer ask() throws UnavailableException;
    }

    Answer claim(String instance) throws InterruptedException {
        return ask(
                "berth-lease-claim",
                () -> {
                    if (closed) {
                        return new Answer.Silence(); // what was given back stays so
                    }
                    String holder = store.claim(instance, self, times.validity());
                    return holder.equals(self) ? new Answer.Ours() : new Answer.Others(holder);
                });
    }

    /** Gives it back; waits as long as for any answer. */
    void release(String instance) {
        try {
            var _ =
                    ask(
                            "berth-lease-release",
                            () -> {
                                store.release(instance, self);
                                return new Answer.Silence();
                            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it runs out by itself
        }
    }

    /** Gives it back for good, once what is being asked is answered; waits for that as well. */
    void close(String instance) {
        closed = true;
        Deadline end = Deadline.in(times.answer(), clock);
        try {
            while (asking.get() && !end.over(clock)) {
                var _ = idle.await(end.left(clock));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        release(instance);
    }

    private Answer ask(String name, Question question) throws InterruptedException {
        if (!asking.compareAndSet(false, true)) {
            return new Answer.Silence();
        }
        AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
        Clockwork.Bell answered = clock.bell();
        Runnable asks =
                () -> {
                    try {
                        answer.set(answer(question));
                    } finally {
                        asking.set(false);
                        answered.ring();
                        idle.ring();
                    }
                };
        try {
            var _ = clock.start(name, asks);
        } catch (RuntimeException | Error e) {
            asking.set(false);
            throw e;
        }
        Deadline end = Deadline.in(times.answer(), clock);
        while (answer.get() == null && !end.over(clock)) {
            var _ = answered.await(end.left(clock));
        }
        Answer given = answer.get();
        return given == null ? new Answer.Silence() : given;
    }

    private static Answer answer(Question question) {
        try {
            return question.ask();
        } catch (UnavailableException e) {
            return new Answer.Silence();
        }
    }
}
