package dev.berth.proxy.bench;

import static dev.berth.proxy.testing.H2Client.CONTINUATION;
import static dev.berth.proxy.testing.H2Client.DATA;
import static dev.berth.proxy.testing.H2Client.HEADERS;
import static dev.berth.proxy.testing.H2Client.PING;
import static dev.berth.proxy.testing.H2Client.PRIORITY;
import static dev.berth.proxy.testing.H2Client.SETTINGS;

import dev.berth.proxy.testing.H2Client;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Floods of HTTP/2 frames, each on connections that send until they are closed. */
final class Flood {
    private static final int AT_MOST = 5000;
    private static final byte[] NOTHING = {};

    private Flood() {}

    /** One more frame, or two, of a flood. */
    private interface Step {
        void send(H2Client client, int i);
    }

    /** Prints, for each kind, the most frames that a connection could send. */
    static void run(int port, int connections, PrintStream out) throws InterruptedException {
        for (Map.Entry<String, Step> kind : kinds().entrySet()) {
            int most = 0;
            for (int i = 0; i < connections; i++) {
                most = Math.max(most, flood(port, kind.getValue()));
            }
            out.println(kind.getKey() + ":" + most);
        }
    }

    private static Map<String, Step> kinds() {
        Map<String, Step> kinds = new LinkedHashMap<>();
        kinds.put("rapid reset", (client, i) -> client.get(2 * i + 1, "/1k").reset(2 * i + 1, 8));
        kinds.put(
                "resets that it has to send",
                (client, i) -> client.request(2 * i + 1, 0, "POST", "/1k").window(2 * i + 1, 0));
        kinds.put(
                "CONTINUATION",
                (client, i) -> client.frame(i == 0 ? HEADERS : CONTINUATION, 0, 1, new byte[50]));
        kinds.put("empty DATA", Flood::emptyData);
        kinds.put("PING", (client, _) -> client.frame(PING, 0, 0, new byte[8]));
        kinds.put("SETTINGS", (client, _) -> client.frame(SETTINGS, 0, 0, NOTHING));
        kinds.put("PRIORITY", (client, i) -> client.frame(PRIORITY, 0, 2 * i + 1, 0, 0, 0, 0, 16));
        return kinds;
    }

    private static void emptyData(H2Client client, int i) {
        if (i == 0) {
            client.request(1, 0, "POST", "/1k");
        }
        client.frame(DATA, 0, 1, NOTHING);
    }

    /**
     * Frames that went out before the end was read: some of them were on their way when the edge
     * had already had enough.
     */
    private static int flood(int port, Step step) throws InterruptedException {
        try (H2Client client = H2Client.connect(port)) {
            Thread reader = Thread.ofVirtual().start(() -> drain(client));
            int sent = 0;
            try {
                while (sent < AT_MOST && reader.isAlive()) {
                    step.send(client, sent++);
                    if (sent % 10 == 0) {
                        Thread.sleep(1); // what the edge says is to be heard
                    }
                }
            } catch (UncheckedIOException e) {
                // closed on us, as it should be
            }
            reader.join();
            return sent;
        }
    }

    private static void drain(H2Client client) {
        try {
            while (client.next() != null) {
                // until the end
            }
        } catch (UncheckedIOException e) {
            // that is an end, too
        }
    }
}
