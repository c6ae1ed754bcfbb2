package dev.berth.reconciler.certificate.lookup;

import dev.berth.reconciler.certificate.SelfCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Asks over cleartext HTTP/1.1 as an authority does first, without following redirects.
 * Thread-safe.
 */
public final class PortCheck implements SelfCheck {
    /** Where authorities knock (RFC 8555 section 8.3). */
    public static final int HTTP = 80;

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 4096;

    private final int port;

    /** One that knocks there. */
    public PortCheck(int port) {
        this.port = port;
    }

    @Override
    public String ask(InetAddress address, String host, String token) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), (int) WITHIN.toMillis());
            socket.setSoTimeout((int) WITHIN.toMillis());
            String request =
                    "GET /.well-known/acme-challenge/%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: berth\r\nConnection: close\r\n\r\n"
                            .formatted(token, host);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return body(socket.getInputStream().readNBytes(MOST_BYTES));
        }
    }

    private static String body(byte[] answer) {
        String text = new String(answer, StandardCharsets.UTF_8);
        String status = text.lines().findFirst().orElse("");
        int end = text.indexOf("\r\n\r\n");
        return status.matches("HTTP/1\\.[01] 200( .*)?") && end >= 0
                ? text.substring(end + 4)
                : status;
    }
}
