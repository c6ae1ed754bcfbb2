package dev.berth.reconciler.clockwork;

import java.time.Duration;
import java.time.Instant;

/** The machine's clocks and threads, for doubles that change one of their ways. */
public interface SystemTime extends Clockwork {
    @Override
    default Instant instant() {
        return Clockwork.system().instant();
    }

    @Override
    default long nanos() {
        return Clockwork.system().nanos();
    }

    @Override
    default void sleep(Duration time) throws InterruptedException {
        Clockwork.system().sleep(time);
    }

    @Override
    default Bell bell() {
        return Clockwork.system().bell();
    }

    @Override
    default Thread start(String name, Runnable task) {
        return Clockwork.system().start(name, task);
    }
}
