package dev.berth.system;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks for each app all the while, each time over a new connection, and writes down when one that
 * was served no longer is and had no leave to stop, and what nobody declared but answers.
 */
final class ServiceWatch implements AutoCloseable {
    private static final int EVERY_MILLIS = 60;
    private static final int PATIENCE_MILLIS = 10_000;

    private final int port;
    private final Promises promises;
    private final long begin = System.nanoTime();
    private final AtomicLong edgeBegan = new AtomicLong(begin);
    private final Set<String> served = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> lapses = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ending;
    private volatile boolean done;

    ServiceWatch(int port, Promises promises, Collection<String> apps) {
        this.port = port;
        this.promises = promises;
        for (String app : apps) {
            threads.add(Thread.ofVirtual().name("watch " + app).start(() -> watch(app)));
        }
    }

    private void watch(String app) {
        try {
            while (!done) {
                long asked = System.nanoTime();
                String answer = ask(app);
                judge(app, answer, asked);
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (InterruptedException _) { // closed
        }
    }

    private void judge(String app, String answer, long asked) {
        boolean ofThisEdge = !ending && asked - edgeBegan.get() > 0;
        if (done) {
            return;
        }
        if (answer.startsWith("200 ")) {
            answers.merge(app, 1, Integer::sum);
            if (!promises.mayAnswer(app, answer.substring(4))) {
                lapse(app, "answers what nobody declared: " + answer);
            }
            if (ofThisEdge) {
                served.add(app);
            }
        } else if (ofThisEdge && served.remove(app) && !promises.mayStop(app)) {
            lapse(app, "is served no longer: " + answer);
        }
    }

    private void lapse(String app, String what) {
        long millis = (System.nanoTime() - begin) / 1_000_000;
        lapses.add("%s at %d ms %s".formatted(app, millis, what));
    }

    /** Status and body. */
    private String ask(String app) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
                    PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: %s.localhost\r\nConnection: close\r\n\r\n"
                                    .formatted(app)
                                    .getBytes(StandardCharsets.US_ASCII));
            return read(socket.getInputStream());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String read(InputStream in) throws IOException {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int body = text.indexOf("\r\n\r\n");
        if (body < 0 || text.length() < 12) {
            return "cut short: " + text;
        }
        return text.substring(9, 12) + " " + text.substring(body + 4).strip();
    }

    /** The edge is about to be killed: what it answers from now on says nothing. */
    void edgeEnds() {
        ending = true;
    }

    /** The edge is dead: another one answers, and what it serves is seen when it does. */
    void edgeEnded() {
        edgeBegan.set(System.nanoTime());
        served.clear();
        ending = false;
    }

    /** What was wrong up to now. */
    List<String> lapses() {
        return List.copyOf(lapses);
    }

    @Override
    public void close() {
        done = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often each app answered. */
    @Override
    public String toString() {
        return answers.toString();
    }
}
