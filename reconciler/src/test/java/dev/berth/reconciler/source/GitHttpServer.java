package dev.berth.reconciler.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Git's own smart HTTP server (git http-backend) behind the JDK's HTTP server on 127.0.0.1, with
 * faults to order.
 */
public final class GitHttpServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Path root;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile Fault fault = new Fault.None();
    private volatile @Nullable String password;

    /** What goes wrong. */
    public sealed interface Fault {
        record None() implements Fault {}

        /** Every request gets this status. */
        record Status(int code) implements Fault {}

        /** The answer with objects ends after so many bytes. */
        record TruncatedPack(int bytes) implements Fault {}

        /** One byte of the objects is another. */
        record FlippedByte(int afterHeader) implements Fault {}

        /** No request gets an answer. */
        record Silence() implements Fault {}

        /** The answer with objects comes byte by byte, a byte each so many milliseconds. */
        record Trickle(long millis) implements Fault {}

        /** Every request is sent elsewhere. */
        record Redirect(String base) implements Fault {}
    }

    /** Serves the bare repos in a directory. */
    public GitHttpServer(Path root) throws IOException {
        this.root = root;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    RepoUrl url(String name) {
        return ScratchRepo.url(base() + "/" + name);
    }

    public void fault(Fault next) {
        fault = next;
    }

    /** Asks for a password from now on; any user name will do. */
    void requirePassword(String required) {
        password = required;
    }

    /** Method and path of each request so far. */
    public List<String> requests() {
        return requests;
    }

    List<String> authorizations() {
        return authorizations;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorization != null) {
                authorizations.add(authorization);
            }
            switch (fault) {
                case Fault.Status(int code) -> exchange.sendResponseHeaders(code, -1);
                case Fault.Silence _ -> awaitClose();
                case Fault.Redirect(String base) -> {
                    exchange.getResponseHeaders()
                            .add("Location", base + exchange.getRequestURI().toString());
                    exchange.sendResponseHeaders(301, -1);
                }
                case Fault.None _, Fault.TruncatedPack _, Fault.FlippedByte _, Fault.Trickle _ ->
                        answer(exchange, authorization);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitClose() throws InterruptedException {
        if (!closed.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("never closed");
        }
    }

    private void answer(HttpExchange exchange, @Nullable String authorization)
            throws IOException, InterruptedException {
        if (password != null && !right(authorization)) {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"git\"");
            exchange.sendResponseHeaders(401, -1);
            return;
        }
        send(exchange, run(exchange));
    }

    private boolean right(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return false;
        }
        String login =
                new String(
                        Base64.getDecoder().decode(authorization.substring("Basic ".length())),
                        StandardCharsets.UTF_8);
        return login.substring(login.indexOf(':') + 1).equals(password);
    }

    /** Runs the CGI program; gives headers and body as it wrote them. */
    private byte[] run(HttpExchange exchange) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        Map<String, String> environment = builder.environment();
        ScratchRepo.isolate(environment);
        environment.put("GIT_PROJECT_ROOT", root.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        String query = exchange.getRequestURI().getRawQuery();
        environment.put("QUERY_STRING", query == null ? "" : query);
        pass(exchange, "Content-Type", environment, "CONTENT_TYPE");
        pass(exchange, "Content-Encoding", environment, "HTTP_CONTENT_ENCODING");
        pass(exchange, "Git-Protocol", environment, "HTTP_GIT_PROTOCOL");
        byte[] body = exchange.getRequestBody().readAllBytes();
        environment.put("CONTENT_LENGTH", Integer.toString(body.length));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(body);
        }
        byte[] output = process.getInputStream().readAllBytes();
        process.waitFor();
        return output;
    }

    private static void pass(
            HttpExchange exchange, String header, Map<String, String> environment, String name) {
        String value = exchange.getRequestHeaders().getFirst(header);
        if (value != null) {
            environment.put(name, value);
        }
    }

    private void send(HttpExchange exchange, byte[] output)
            throws IOException, InterruptedException {
        int end = new String(output, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        int status = 200;
        for (String line :
                new String(output, 0, end, StandardCharsets.ISO_8859_1).lines().toList()) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("Status:")) {
                status = Integer.parseInt(value.substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(line.substring(0, line.indexOf(':')), value);
            }
        }
        byte[] body = new ByteArrayInputStream(output, end + 4, output.length).readAllBytes();
        exchange.sendResponseHeaders(status, 0);
        write(exchange.getResponseBody(), body);
    }

    private void write(OutputStream out, byte[] body) throws IOException, InterruptedException {
        int pack = new String(body, StandardCharsets.ISO_8859_1).indexOf("PACK\0\0\0\2");
        boolean hasPack = pack >= 0;
        switch (fault) {
            case Fault.TruncatedPack(int bytes) when hasPack ->
                    out.write(body, 0, Math.min(bytes, body.length));
            case Fault.FlippedByte(int afterHeader) when hasPack -> {
                body[pack + 12 + afterHeader] ^= 0x55;
                out.write(body);
            }
            case Fault.Trickle(long millis) when hasPack -> {
                for (byte b : body) {
                    out.write(b);
                    out.flush();
                    if (closed.await(millis, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
            case Fault.None _,
                    Fault.Status _,
                    Fault.TruncatedPack _,
                    Fault.FlippedByte _,
                    Fault.Silence _,
                    Fault.Trickle _,
                    Fault.Redirect _ ->
                    out.write(body);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
