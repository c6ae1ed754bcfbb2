package dev.berth.liberty;

import java.util.List;

/**
 * Closes what holds requests open as soon as the JVM is asked to end. The server first waits for
 * open requests, for up to 30 s, and only then stops the application, so without this a stop takes
 * as long as the longest poll.
 */
final class StopSignal implements AutoCloseable {
    private final Thread hook;

    /** Listens from now on. */
    StopSignal(List<Runnable> actions) {
        hook =
                Thread.ofPlatform()
                        .name("berth-stop-signal")
                        .unstarted(() -> actions.forEach(Runnable::run));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Listens no more: the application is stopped in some other way. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending: it has run, or runs now
        }
    }
}
