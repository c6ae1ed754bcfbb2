package dev.berth.proxy.testing;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A release of an app as deploys meet it: answers requests after a moment, keeps event streams and
 * WebSockets open, and closes connections between two requests whenever it likes. Notes how often
 * each request came that must not come twice.
 */
public final class SwapBackend {
    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private final ConcurrentMap<String, AtomicInteger> seen = new ConcurrentHashMap<>();

    /** One more release of the app. */
    public TestBackend release() {
        return TestBackend.start(this::serve);
    }

    /** How often each request came that said its number. */
    public ConcurrentMap<String, AtomicInteger> seen() {
        return seen;
    }

    private void serve(Conversation talk, TestBackend self) throws Exception {
        for (String head = talk.readHead(); head != null; head = talk.readHead()) {
            if (head.startsWith("GET /ws ")) {
                webSocket(talk);
                return;
            }
            if (head.startsWith("GET /events ")) {
                events(talk);
                return;
            }
            String number = Conversation.field(head, "x-number");
            if (number != null) {
                seen.computeIfAbsent(number, _ -> new AtomicInteger()).incrementAndGet();
            }
            String body = talk.readBody(head);
            Thread.sleep(ThreadLocalRandom.current().nextInt(4));
            talk.send(TestBackend.ok(body));
            if (ThreadLocalRandom.current().nextInt(10) == 0) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(10));
                return;
            }
        }
    }

    private static void events(Conversation talk) throws Exception {
        talk.send(EVENTS);
        while (true) {
            talk.send("7\r\ndata: 1\r\n");
            Thread.sleep(20);
        }
    }

    /** Answers empty messages with empty messages until it is told to close. */
    private static void webSocket(Conversation talk) throws IOException {
        talk.send(SWITCH);
        while (talk.read(2).charAt(0) == '\u0081') {
            talk.read(4);
            talk.send("\u0081\u0000");
        }
    }
}
