package dev.berth.liberty;

/**
 * Rings when an edge connects. Stands between the link and the loop, which are made one after the
 * other. Thread-safe.
 */
final class EdgeBell implements Runnable {
    private volatile Runnable answer = () -> {};

    /** Who is told from now on. */
    void answer(Runnable who) {
        answer = who;
    }

    @Override
    public void run() {
        answer.run();
    }
}
