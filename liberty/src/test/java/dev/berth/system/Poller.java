package dev.berth.system;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two clients that ask all the while, each about 50 times a second, and remember every answer that
 * was not 200: one keeps its connection, one makes a new one for each request. They speak over
 * plain sockets, because an HTTP client of the JDK may repeat what failed without telling.
 */
final class Poller implements AutoCloseable {
    /** Fewer answers than this prove nothing. */
    private static final int ENOUGH = 20;

    private final int port;
    private final String host;
    private final AtomicInteger answers = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads;
    private volatile boolean done;

    Poller(Berth berth, String host) {
        this.port = berth.http;
        this.host = host;
        this.threads =
                List.of(
                        Thread.ofPlatform().daemon().start(() -> run("keep-alive", this::stay)),
                        Thread.ofPlatform().daemon().start(() -> run("one-shot", this::once)));
    }

    @FunctionalInterface
    private interface Asking {
        /** Returns when another connection is needed. */
        void ask() throws IOException, InterruptedException;
    }

    private void run(String kind, Asking asking) {
        while (!done) {
            try {
                asking.ask();
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                failures.add(kind + ": " + e);
            }
        }
    }

    private void once() throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            exchange(socket, new BufferedInputStream(socket.getInputStream()), "close");
        }
    }

    private void stay() throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            while (open && !done) {
                open = exchange(socket, in, "keep-alive");
            }
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 5_000);
        return socket;
    }

    /** One request and its answer; whether the connection can be used again. */
    private boolean exchange(Socket socket, InputStream in, String connection)
            throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        out.write(
                "GET / HTTP/1.1\r\nHost: %s\r\nConnection: %s\r\n\r\n"
                        .formatted(host, connection)
                        .getBytes(StandardCharsets.US_ASCII));
        String status = line(in);
        boolean stays = connection.equals("keep-alive");
        long length = -1;
        boolean chunked = false;
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            String lower = field.toLowerCase(java.util.Locale.ROOT);
            stays &= !lower.equals("connection: close");
            chunked |= lower.equals("transfer-encoding: chunked");
            if (lower.startsWith("content-length:")) {
                length = Long.parseLong(lower.substring(15).strip());
            }
        }
        if (chunked) {
            skipChunks(in);
        } else if (length >= 0) {
            in.skipNBytes(length);
        } else {
            throw new IOException("neither length nor chunks: " + status);
        }
        answers.incrementAndGet();
        if (!status.startsWith("HTTP/1.1 200")) {
            failures.add(connection + ": " + status);
        }
        Thread.sleep(20);
        return stays;
    }

    private static void skipChunks(InputStream in) throws IOException {
        for (long size = chunk(in); size > 0; size = chunk(in)) {
            in.skipNBytes(size + 2);
        }
        while (!line(in).isEmpty()) {
            // trailers
        }
    }

    private static long chunk(InputStream in) throws IOException {
        return Long.parseLong(line(in), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed within an answer, after: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    int answers() {
        return answers.get();
    }

    /** Ends the clients and tells what failed; also that they had too few answers to tell. */
    List<String> failures() {
        close();
        if (answers.get() < ENOUGH) {
            failures.add("only " + answers + " answers");
        }
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        done = true;
        try {
            for (Thread thread : threads) {
                thread.join(25_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
