package dev.berth.proxy.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Clients of every kind that never stop asking, each on a thread of its own. Any answer that is not
 * the right one, and any connection that ends without having said so, is a failure.
 */
public final class UpgradeLoad implements AutoCloseable {
    /** Clients must not take from a small machine what starting edges need. */
    private static final int PACE_MILLIS = 5;

    private static final String BODY = "x".repeat(20_000);
    private static final byte[] MESSAGE = {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, 'h', 'i'};
    private static final byte[] ECHO = {(byte) 0x81, 2, 'h', 'i'};
    private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

    private final int http;
    private final int https;
    private final Map<String, AtomicInteger> done = new ConcurrentSkipListMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    private UpgradeLoad(int http, int https) {
        this.http = http;
        this.https = https;
    }

    /** One turn of a client: it may keep connections between turns. */
    @FunctionalInterface
    private interface Turn {
        void take() throws Exception;
    }

    /** Starts the clients: requests are for a.test, WebSockets for w.test. */
    public static UpgradeLoad start(int http, int https) {
        UpgradeLoad load = new UpgradeLoad(http, https);
        load.client("keep-alive", load.keepAlive("GET", ""));
        load.client("post", load.keepAlive("POST", BODY));
        load.client("fresh", load::fresh);
        load.client("tls", load.tls());
        load.client("http2", load.http2());
        load.client("websocket", load.webSocket());
        return load;
    }

    /** Turns done by each kind of client, and what else they count. */
    public Map<String, Integer> done() {
        Map<String, Integer> copy = new TreeMap<>();
        done.forEach((kind, count) -> copy.put(kind, count.get()));
        return copy;
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private AtomicInteger count(String kind) {
        return done.computeIfAbsent(kind, _ -> new AtomicInteger());
    }

    private void client(String kind, Turn turn) {
        AtomicInteger turns = count(kind);
        threads.add(
                Thread.ofPlatform()
                        .name(kind)
                        .start(
                                () -> {
                                    while (!over) {
                                        try {
                                            turn.take();
                                            turns.incrementAndGet();
                                            Thread.sleep(PACE_MILLIS);
                                        } catch (Exception | AssertionError e) {
                                            failures.add(kind + ": " + e);
                                        }
                                    }
                                }));
    }

    private void fresh() {
        check(RawClient.get(http, "a.test", "/"));
    }

    private Turn keepAlive(String method, String body) {
        @Nullable RawClient[] open = new RawClient[1];
        String request =
                "%s / HTTP/1.1\r\nHost: a.test\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(method, body.length(), body);
        return () -> {
            RawClient client = open[0] == null ? RawClient.connect(http) : open[0];
            open[0] = null;
            RawClient.Response response = client.send(request).response();
            check(response);
            if ("close".equals(response.field("connection"))) {
                client.close();
            } else {
                open[0] = client;
            }
        };
    }

    /** A connection each, which resumes the session of the one before. */
    private Turn tls() {
        TlsClient client = new TlsClient("TLSv1.2");
        byte[][] session = new byte[1][];
        return () -> {
            try (SSLSocket socket = client.connect(https, "a.test")) {
                byte[] now = socket.getSession().getId();
                count(Arrays.equals(now, session[0]) ? "resumed" : "new session").incrementAndGet();
                session[0] = now;
                Conversation conversation = new Conversation(socket);
                conversation.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
                String head = String.valueOf(conversation.readHead());
                check(new RawClient.Response(head, conversation.readBody(head)));
            }
        };
    }

    private Turn http2() {
        @Nullable H2Client[] open = new H2Client[1];
        int[] stream = {1};
        return () -> {
            H2Client client = open[0];
            open[0] = null;
            if (client == null) {
                // It never asks for so much that it had to ask for more.
                client =
                        H2Client.connect(http)
                                .frame(H2Client.WINDOW_UPDATE, 0, 0, 0x3f, 0xff, 0, 0);
                stream[0] = 1;
            }
            client.get(stream[0], "/");
            if (answered(client, stream[0])) {
                client.close();
            } else {
                open[0] = client;
                stream[0] += 2;
            }
        };
    }

    /** Reads the answer; true when the server has said that it leaves. */
    private static boolean answered(H2Client client, int stream) {
        boolean leaves = false;
        while (true) {
            H2Client.Frame frame = client.next();
            if (frame == null
                    || (frame.stream() == stream && frame.type() == H2Client.RST_STREAM)) {
                throw new AssertionError("no answer on stream " + stream);
            }
            if (frame.type() == H2Client.GOAWAY) {
                leaves = true;
                if (frame.number(0) < stream) {
                    throw new AssertionError("stream " + stream + " was refused");
                }
            }
            if (frame.type() == H2Client.HEADERS) {
                String status = String.valueOf(client.decode(frame).status());
                if (!status.equals("200")) {
                    throw new AssertionError(status);
                }
            }
            if (frame.stream() == stream
                    && frame.type() <= H2Client.HEADERS
                    && frame.has(H2Client.END_STREAM)) {
                return leaves;
            }
        }
    }

    /** Messages to and fro, until the server says 1001: then a new connection. */
    private Turn webSocket() {
        @Nullable RawClient[] open = new RawClient[1];
        return () -> {
            RawClient client = open[0] == null ? upgraded() : open[0];
            open[0] = null;
            Conversation conversation = client.conversation();
            byte[] frame;
            try {
                conversation.send(MESSAGE);
                frame = conversation.in().readNBytes(4);
            } catch (IOException e) {
                throw new AssertionError("cut without a Close frame", e);
            }
            if (Arrays.equals(frame, GOING_AWAY)) {
                count("going away").incrementAndGet();
                client.close();
            } else if (Arrays.equals(frame, ECHO)) {
                open[0] = client;
            } else {
                throw new AssertionError("frame " + HexFormat.of().formatHex(frame));
            }
        };
    }

    private RawClient upgraded() {
        RawClient client = RawClient.connect(http);
        RawClient.Response response =
                client.send(
                                String.join(
                                        "\r\n",
                                        "GET / HTTP/1.1",
                                        "Host: w.test",
                                        "Connection: Upgrade",
                                        "Upgrade: websocket",
                                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                        "Sec-WebSocket-Version: 13",
                                        "",
                                        ""))
                        .response();
        if (response.status() != 101) {
            throw new AssertionError(response.head());
        }
        return client;
    }

    private static void check(RawClient.Response response) {
        if (response.status() != 200) {
            throw new AssertionError(response.head());
        }
    }

    /** The Prometheus page on an admin port. */
    public static String metrics(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            Conversation conversation = new Conversation(socket);
            conversation.send("GET /metrics HTTP/1.0\r\n\r\n");
            return conversation.readAll();
        }
    }
}
