package dev.berth.liberty.edge;

import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests that wait for something, each on a virtual thread of its own. Closing answers all of
 * them at once, so that a stopping server does not wait for them. Thread-safe.
 */
public final class LongPolls implements AutoCloseable {
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Answers a request with what the work returns, or 503 when the server stops first. */
    public void answer(AsyncResponse response, Callable<Response> work) {
        Thread thread =
                Thread.ofVirtual().name("berth-long-poll").unstarted(() -> run(response, work));
        waiting.add(thread);
        thread.start();
        if (closed) {
            thread.interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting.forEach(Thread::interrupt);
    }

    private void run(AsyncResponse response, Callable<Response> work) {
        try {
            response.resume(work.call());
        } catch (InterruptedException e) {
            response.resume(Response.status(503).header("Retry-After", "1").build());
        } catch (Exception e) {
            response.resume(e);
        } finally {
            waiting.remove(Thread.currentThread());
        }
    }
}
