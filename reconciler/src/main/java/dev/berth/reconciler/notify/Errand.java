package dev.berth.reconciler.notify;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done with a server within a time, whatever it waits for: a name, a connection, an
 * answer that comes drop by drop. Its sockets connect to nothing but what may be reached; which
 * address a name stands for is looked at when the connection is made, not before. Thread-safe.
 */
public final class Errand {
    private final Reach reach;
    private final Object lock = new Object();
    private final List<Socket> sockets = new ArrayList<>(); // both: guarded by lock
    private boolean over;

    private Errand(Reach reach) {
        this.reach = reach;
    }

    /** What is to be done. */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Does it; is interrupted, and its sockets are closed, when the time is over.
         *
         * @throws IOException if it could not be done
         */
        T with(Errand errand) throws IOException;
    }

    /**
     * Does it on a thread of its own, and waits for it.
     *
     * @throws IOException as the work does; or if it was not done in time
     */
    public static <T> T within(Duration time, Reach reach, Work<T> work) throws IOException {
        Errand errand = new Errand(reach);
        FutureTask<T> task = new FutureTask<>(() -> work.with(errand));
        Thread thread = Thread.ofVirtual().name("berth-errand").start(task);
        try {
            return task.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it did not answer within " + time.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the process ends");
        } catch (ExecutionException e) {
            throw asThrown(e.getCause());
        } finally {
            errand.end();
            thread.interrupt();
        }
    }

    /** The work throws nothing else that is checked. */
    private static IOException asThrown(@Nullable Throwable cause) {
        if (cause instanceof IOException e) {
            return e;
        } else if (cause instanceof Error e) {
            throw e;
        }
        throw cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
    }

    /**
     * A socket that is not connected yet.
     *
     * @throws IOException if the time is over
     */
    public Socket socket() throws IOException {
        Socket made = new GuardedSocket(reach);
        synchronized (lock) {
            if (!over) {
                sockets.add(made);
                return made;
            }
        }
        made.close();
        throw new IOException("its time is over");
    }

    private void end() {
        List<Socket> open;
        synchronized (lock) {
            over = true;
            open = List.copyOf(sockets);
        }
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException _) { // it is of no use any more
            }
        }
    }

    /** Connects by no proxy, and only to what may be reached. */
    private static final class GuardedSocket extends Socket {
        private final Reach reach;

        GuardedSocket(Reach reach) {
            super(Proxy.NO_PROXY);
            this.reach = reach;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) throws IOException {
            if (!(endpoint instanceof InetSocketAddress to)) {
                throw new IOException("an address of another network than the Internet");
            }
            reach.check(to);
            super.connect(endpoint, timeout);
        }
    }
}
