package dev.berth.reconciler.trigger;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.engine.ContainerEngine;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what happens to our containers into triggers, for as long as Berth lives. A stream that
 * ends is opened again; since nothing is known of the time between, that itself is a trigger.
 */
public final class EngineWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final ContainerEngine engine;
    private final Supplier<@Nullable String> instance;
    private final Consumer<Trigger> wake;
    private final Clockwork clock;
    private volatile @Nullable Thread thread;

    /**
     * Makes a watch that does not run yet.
     *
     * @param instance {@code null} as long as it is not known
     * @param wake must not block
     */
    public EngineWatch(
            ContainerEngine engine,
            Supplier<@Nullable String> instance,
            Consumer<Trigger> wake,
            Clockwork clock) {
        this.engine = engine;
        this.instance = instance;
        this.wake = wake;
        this.clock = clock;
    }

    public void start() {
        thread = clock.start("berth-engine-watch", this::run);
    }

    private void run() {
        // the first pass looked before the events could be followed
        boolean gap = true;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                String name = instance.get();
                if (name != null) {
                    gap = follow(name, gap);
                }
                clock.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when the stream has ended; true when events may have been missed. */
    private boolean follow(String name, boolean gap) throws InterruptedException {
        Clockwork.Bell ended = clock.bell();
        try (ContainerEngine.Subscription _ = engine.events(name, this::onEvent, ended::ring)) {
            if (gap) {
                wake.accept(new Trigger.EngineBack());
            }
            while (!ended.await(FOR_EVER)) {
                LOG.debug("a day without the end of the engine's stream of events");
            }
            LOG.warn("the engine ended its stream of events; it is opened again");
        } catch (ReconcileException e) {
            LOG.debug("the engine's events can't be followed now: {}", e.getMessage());
        }
        return true;
    }

    private void onEvent(ContainerEngine.EngineEvent event) {
        wake.accept(new Trigger.EngineChanged(event.app(), event.action()));
    }

    @Override
    public void close() {
        Thread started = thread;
        if (started != null) {
            started.interrupt();
        }
    }
}
