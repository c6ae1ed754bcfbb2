package dev.berth.reconciler.source;

import dev.berth.reconciler.clockwork.Clockwork;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks on a thread of its own, so that a server which takes its time holds up nothing else. One
 * look at a time; one that nobody waits for any more goes on, and who asks next gets what it found.
 * Such a look began before that question, so another follows it. Asked by one thread.
 */
public final class LookAside implements GitSource, AutoCloseable {
    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

    /** So often it is asked whether to wait on. */
    private static final Duration GLANCE = Duration.ofMillis(100);

    private final GitSource source;
    private final Runnable whenLate;
    private final Clockwork clock;
    private volatile @Nullable Look underway;

    /**
     * Looks at nothing yet.
     *
     * @param whenLate called from any thread when a look is done that nobody waits for
     */
    public LookAside(GitSource source, Runnable whenLate, Clockwork clock) {
        this.source = source;
        this.whenLate = whenLate;
        this.clock = clock;
    }

    @Override
    public SourceReading latestVerified() {
        return source.latestVerified();
    }

    @Override
    public @Nullable SourceReading latestVerified(BooleanSupplier enough)
            throws InterruptedException {
        Look earlier = underway;
        SourceReading before = earlier == null ? null : await(earlier, enough);
        if (earlier != null && (before == null || !before.answered())) {
            return before; // to ask again who does not answer helps nobody
        }
        Look look = new Look();
        underway = look;
        look.thread = clock.start("berth-source", look);
        SourceReading now = await(look, enough);
        return now == null ? before : now;
    }

    @Override
    public boolean isLooking() {
        return underway != null;
    }

    /** Breaks off what goes on, and waits a few seconds for its end. Any thread. */
    @Override
    public void close() {
        Look look = underway;
        Thread thread = look == null ? null : look.thread;
        if (thread == null) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(LONGEST_GOODBYE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What it found; {@code null} when it goes on alone. */
    private @Nullable SourceReading await(Look look, BooleanSupplier enough)
            throws InterruptedException {
        look.left = false;
        while (!look.task.isDone()) {
            if (enough.getAsBoolean()) {
                look.left = true;
                if (!look.task.isDone()) {
                    return null;
                }
            } else {
                var _ = look.ended.await(GLANCE);
            }
        }
        underway = null;
        return look.found();
    }

    private final class Look implements Runnable {
        private final FutureTask<SourceReading> task = new FutureTask<>(source::latestVerified);
        private final Clockwork.Bell ended = clock.bell();
        private volatile boolean left;
        private volatile @Nullable Thread thread;

        @Override
        public void run() {
            task.run();
            ended.ring();
            if (left) {
                whenLate.run();
            }
        }

        private SourceReading found() throws InterruptedException {
            try {
                return task.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a bug ended a look at the config repo", e);
            }
        }
    }
}
