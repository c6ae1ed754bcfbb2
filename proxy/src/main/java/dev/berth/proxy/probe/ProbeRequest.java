package dev.berth.proxy.probe;

import dev.berth.schemas.edge.Probe;
import io.netty.util.NetUtil;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One probe on a connection of its own, closed after it: an application counts as ready only if it
 * answers a new client. Blocks for at most the probe's timeout; call it on a virtual thread.
 */
final class ProbeRequest {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_LEFTOVER = 64 * 1024;

    private final Probe probe;
    private final long deadline;

    private ProbeRequest(Probe probe) {
        this.probe = probe;
        this.deadline = System.nanoTime() + probe.timeout().toNanos();
    }

    static ProbeAnswer send(Probe probe) {
        return new ProbeRequest(probe).send();
    }

    private ProbeAnswer send() {
        boolean connected = false;
        try (Socket socket = new Socket()) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(probe.backend().address());
            if (address == null) {
                return ProbeAnswer.failed("not an IP address: " + probe.backend().address());
            }
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getByAddress(address), probe.backend().port()),
                    leftMillis());
            connected = true;
            String path = probe.path();
            return path == null ? new ProbeAnswer(true, "TCP connected") : get(socket, path);
        } catch (SocketTimeoutException e) {
            return ProbeAnswer.failed("timed out after " + text(probe.timeout()));
        } catch (NoRouteToHostException e) {
            return ProbeAnswer.failed("no route to the container");
        } catch (ConnectException e) {
            return ProbeAnswer.failed(
                    String.valueOf(e.getMessage()).contains("refused")
                            ? "connection refused"
                            : "connection failed: " + e.getMessage());
        } catch (IOException e) {
            return ProbeAnswer.failed(connected ? "connection reset" : "connection failed");
        }
    }

    private ProbeAnswer get(Socket socket, String path) throws IOException {
        String request =
                String.join(
                        "\r\n",
                        "GET " + path + " HTTP/1.1",
                        "Host: " + probe.host(),
                        "User-Agent: berth-probe/1",
                        "Accept: */*",
                        "Connection: close",
                        "",
                        "");
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        InputStream in = new BufferedInputStream(socket.getInputStream());
        int status = readFinalStatus(socket, in);
        if (status == 0) {
            return ProbeAnswer.failed("closed the connection without an answer");
        }
        if (status < 0) {
            return ProbeAnswer.failed("answered something that is not HTTP");
        }
        skipRest(socket, in);
        boolean alive = status == 401 || status == 404;
        boolean passed = (status >= 200 && status < 400) || (alive && !probe.strict());
        return new ProbeAnswer(passed, "HTTP " + status);
    }

    /** The status after any 1xx; 0 at the end of the stream, -1 when it is not HTTP. */
    private int readFinalStatus(Socket socket, InputStream in) throws IOException {
        while (true) {
            String line = readLine(socket, in);
            if (line == null) {
                return 0;
            }
            Matcher matcher = STATUS_LINE.matcher(line);
            if (!matcher.matches()) {
                return -1;
            }
            int status = Integer.parseInt(matcher.group(1));
            for (String field = readLine(socket, in); field != null && !field.isEmpty(); ) {
                field = readLine(socket, in);
            }
            if (status >= 200) {
                return status;
            }
        }
    }

    private @Nullable String readLine(Socket socket, InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            socket.setSoTimeout(leftMillis());
            int b = in.read();
            if (b < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    /** Reads on for a moment: closing with bytes unread would show up as an error in the app. */
    private void skipRest(Socket socket, InputStream in) {
        try {
            int skipped = 0;
            byte[] buffer = new byte[8 * 1024];
            while (skipped < MAX_LEFTOVER) {
                socket.setSoTimeout(Math.min(100, leftMillis()));
                int read = in.read(buffer);
                if (read < 0) {
                    return;
                }
                skipped += read;
            }
        } catch (IOException e) {
            // The answer is known; how the body ends does not matter.
        }
    }

    private int leftMillis() throws SocketTimeoutException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return Math.toIntExact(Math.min(left, Integer.MAX_VALUE));
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }
}
