package dev.berth.system;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that asks all the while, about 50 times a second, and remembers every answer that was
 * not 200.
 */
final class Poller implements AutoCloseable {
    private final Berth berth;
    private final String host;
    private final AtomicInteger answers = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean done;

    Poller(Berth berth, String host) {
        this.berth = berth;
        this.host = host;
        this.thread = Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        while (!done) {
            try {
                int status = berth.get(host, "/").statusCode();
                answers.incrementAndGet();
                if (status != 200) {
                    failures.add("HTTP " + status);
                }
                Thread.sleep(20);
            } catch (InterruptedException e) {
                return;
            } catch (java.io.IOException e) {
                failures.add(e.toString());
            }
        }
    }

    int answers() {
        return answers.get();
    }

    /** Ends the client and tells what failed. */
    List<String> failures() {
        close();
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        done = true;
        thread.interrupt();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
