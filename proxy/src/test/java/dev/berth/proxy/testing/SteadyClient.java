package dev.berth.proxy.testing;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a.test again and again, on a connection each time. */
public final class SteadyClient implements AutoCloseable {
    private static final long PACE_MILLIS = 3;

    private final int port;
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean over;

    private SteadyClient(int port) {
        this.port = port;
        this.thread = Thread.ofVirtual().unstarted(this::askAll);
    }

    public static SteadyClient start(int port) {
        SteadyClient client = new SteadyClient(port);
        client.thread.start();
        return client;
    }

    /** Connections that nobody listened for. */
    public List<String> refused() {
        return List.copyOf(refused);
    }

    /** Requests without the right answer, for whatever reason. */
    public List<String> failed() {
        return List.copyOf(failed);
    }

    /** Waits for some more answers. */
    public void awaitMore() {
        int before = answered.get();
        await().atMost(Duration.ofSeconds(30)).until(() -> answered.get() > before + 20);
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void askAll() {
        while (!over) {
            try {
                ask();
                Thread.sleep(PACE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void ask() {
        try {
            RawClient.Response response = RawClient.get(port, "a.test", "/");
            if (response.status() == 200) {
                answered.incrementAndGet();
            } else {
                failed.add(response.head());
            }
        } catch (UncheckedIOException e) {
            failed.add(e.toString());
            if (e.getCause() instanceof ConnectException) {
                refused.add(e.toString());
            }
        }
    }
}
