package dev.berth.reconciler.simulation;

import java.util.function.BiConsumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The log of simulated processes: nobody reads it, but for errors, which only bugs write. What is
 * said counts for the world whose threads say it. Thread-safe.
 */
final class SimLog implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger("dev.berth");

    /** Inherited by the threads of the world, which are started from its own. */
    private static final InheritableThreadLocal<@Nullable BiConsumer<String, @Nullable Throwable>>
            EAR = new InheritableThreadLocal<>();

    private static final Handler HANDLER = new Errors();
    private static int open;
    private static @Nullable Level before;

    private SimLog() {}

    /** Hushes it until it is closed. */
    static synchronized SimLog open() {
        if (open++ == 0) {
            before = LOG.getLevel();
            LOG.setLevel(Level.SEVERE);
            LOG.setUseParentHandlers(false);
            LOG.addHandler(HANDLER);
        }
        return new SimLog();
    }

    /** Who hears of errors of the threads that this one starts. */
    static void hears(BiConsumer<String, @Nullable Throwable> ear) {
        EAR.set(ear);
    }

    @Override
    public void close() {
        EAR.remove();
        closed();
    }

    private static synchronized void closed() {
        if (--open == 0) {
            LOG.removeHandler(HANDLER);
            LOG.setUseParentHandlers(true);
            LOG.setLevel(before);
        }
    }

    private static final class Errors extends Handler {
        @Override
        public void publish(LogRecord said) {
            BiConsumer<String, @Nullable Throwable> ear = EAR.get();
            if (ear != null && said.getLevel().intValue() >= Level.SEVERE.intValue()) {
                ear.accept(said.getMessage(), said.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
