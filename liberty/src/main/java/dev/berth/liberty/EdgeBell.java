package dev.berth.liberty;

import java.util.function.Consumer;

/**
 * Rings when an edge connects, or asks for an app that sleeps. Stands between the link and the
 * loop, which are made one after the other. Thread-safe.
 */
final class EdgeBell implements Runnable {
    private volatile Runnable answer = () -> {};
    private volatile Consumer<String> wakes = _ -> {};

    /**
     * Who is told from now on.
     *
     * @param onWake gets the name of the app
     */
    void answer(Runnable onConnected, Consumer<String> onWake) {
        answer = onConnected;
        wakes = onWake;
    }

    @Override
    public void run() {
        answer.run();
    }

    /** A request has come for an app that sleeps. */
    void wake(String app) {
        wakes.accept(app);
    }
}
