package dev.berth.proxy.bench;

import dev.berth.proxy.testing.Conversation;
import dev.berth.proxy.testing.TlsClient;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/** Connections over TLS that ask once and then say nothing. */
final class Idle {
    private static final long AT_MOST_SECONDS = 60;

    private Idle() {}

    /** Opens them, prints how many, and keeps them until it is killed, or for a minute. */
    static void run(int port, int connections, PrintStream out)
            throws IOException, InterruptedException {
        TlsClient client = new TlsClient();
        List<SSLSocket> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            SSLSocket socket = client.connect(port, "bench.test", "http/1.1");
            Conversation conversation = new Conversation(socket);
            conversation.send("GET /1k HTTP/1.1\r\nHost: bench.test\r\n\r\n");
            String head = conversation.readHead();
            if (head == null || !head.startsWith("HTTP/1.1 200 ")) {
                throw new IOException("answered with " + head);
            }
            conversation.readBody(head);
            open.add(socket);
        }
        out.println(open.size());
        out.flush();
        TimeUnit.SECONDS.sleep(AT_MOST_SECONDS);
    }
}
