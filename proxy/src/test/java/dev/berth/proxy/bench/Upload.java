package dev.berth.proxy.bench;

import dev.berth.proxy.testing.RawClient;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** An upload over a slow line. */
final class Upload {
    private Upload() {}

    /** Sends a body with so many bytes a second for so many seconds; prints the answer's status. */
    static void run(int port, int bytesPerSecond, int seconds, PrintStream out)
            throws InterruptedException {
        String second = "x".repeat(bytesPerSecond);
        try (RawClient client = RawClient.connect(port)) {
            client.send(
                    "POST /upload HTTP/1.1\r\nHost: bench.test\r\nContent-Length: %d\r\n\r\n"
                            .formatted((long) bytesPerSecond * seconds));
            for (int i = 0; i < seconds; i++) {
                client.send(second);
                TimeUnit.SECONDS.sleep(1);
            }
            out.println("answered with " + client.response().status());
        }
    }
}
