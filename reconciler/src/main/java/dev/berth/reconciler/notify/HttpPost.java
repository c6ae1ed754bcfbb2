package dev.berth.reconciler.notify;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts JSON by HTTP/1.1 (RFC 9112) and wants a 2xx, each time on a connection of its own.
 * Redirects are not followed: what is signed or secret goes nowhere else. Says nothing of URLs,
 * which may be secrets. The JDK's client can't be told which addresses it may connect to, so it is
 * not used. Thread-safe.
 */
public final class HttpPost {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final int MOST_HEAD = 65_536;

    private final Duration within;
    private final Reach reach;
    private final SSLSocketFactory tls;

    /**
     * @param within name, connection, request and head of the answer together
     * @param tls knows whose certificates are trusted
     */
    public HttpPost(Duration within, Reach reach, SSLSocketFactory tls) {
        this.within = within;
        this.reach = reach;
        this.tls = tls;
    }

    /** Where to. */
    public record Endpoint(boolean secure, String host, int port, String authority, String target) {
        /**
         * Reads a URL.
         *
         * @throws IOException if it is none; without its text
         */
        public static Endpoint of(String url) throws IOException {
            try {
                URI uri = new URI(new URI(url).toASCIIString());
                if (uri.getRawUserInfo() != null) {
                    throw new IOException(
                            "its URL has a login before the host, which is told to nobody: take it out, and let the path hold what is secret, or sign with a secret");
                }
                String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
                String host = uri.getHost();
                boolean secure = scheme.equals("https");
                int port = uri.getPort() < 0 ? (secure ? 443 : 80) : uri.getPort();
                if (host != null && port < 65_536 && (secure || scheme.equals("http"))) {
                    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
                    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
                    return new Endpoint(
                            secure,
                            host.replaceAll("[\\[\\]]", ""),
                            port,
                            uri.getPort() < 0 ? host : host + ":" + port,
                            path + query);
                }
            } catch (URISyntaxException _) { // it quotes the URL
            }
            throw new IOException(
                    "its URL is not one that can be called: write it as https://host/path");
        }

        /** Tells nothing. */
        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * Posts once.
     *
     * @throws IOException if no 2xx came in time
     */
    public void post(Endpoint to, String json, Map<String, String> fields) throws IOException {
        int status;
        try {
            status = Errand.within(within, reach, errand -> status(errand, to, json, fields));
        } catch (OutOfReachException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("the endpoint can't be reached: " + why(e), e);
        }
        if (status < 200 || status > 299) {
            throw new IOException("the endpoint answered " + status);
        }
    }

    private int status(Errand errand, Endpoint to, String json, Map<String, String> fields)
            throws IOException {
        try (Socket plain = errand.socket()) {
            plain.connect(new InetSocketAddress(to.host(), to.port()));
            if (!to.secure()) {
                return exchange(plain, to, json, fields);
            }
            try (SSLSocket secured =
                    (SSLSocket) tls.createSocket(plain, to.host(), to.port(), true)) {
                SSLParameters parameters = secured.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secured.setSSLParameters(parameters);
                secured.startHandshake();
                return exchange(secured, to, json, fields);
            }
        }
    }

    private static int exchange(Socket socket, Endpoint to, String json, Map<String, String> fields)
            throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        StringBuilder head =
                new StringBuilder("POST %s HTTP/1.1\r\n".formatted(to.target()))
                        .append("Host: %s\r\n".formatted(to.authority()))
                        .append("Content-Type: application/json\r\n")
                        .append("Content-Length: %d\r\n".formatted(body.length))
                        .append("User-Agent: Berth\r\nConnection: close\r\n");
        fields.forEach((name, value) -> head.append("%s: %s\r\n".formatted(name, value)));
        OutputStream out = socket.getOutputStream();
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        out.write(first);
        out.write(body);
        out.flush();
        return status(new BufferedInputStream(socket.getInputStream()));
    }

    /** Of the final answer: those with 1xx come before it (RFC 9110 section 15.2). */
    private static int status(InputStream in) throws IOException {
        int left = MOST_HEAD;
        while (true) {
            String line = line(in, left);
            left -= line.length();
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                throw new IOException("what answers is no HTTP server");
            }
            int code = Integer.parseInt(status.group(1));
            if (code >= 200) {
                return code;
            }
            while (!line.isEmpty()) {
                line = line(in, left);
                left -= line.length() + 1;
            }
        }
    }

    private static String line(InputStream in, int most) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            } else if (line.length() >= most) {
                throw new IOException("its answer does not end");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    /** The kind of what went wrong, unless we said it: what the JDK says may hold the host. */
    private static String why(IOException e) {
        return e.getClass() == IOException.class && e.getCause() == null && e.getMessage() != null
                ? e.getMessage()
                : e.getClass().getSimpleName();
    }
}
