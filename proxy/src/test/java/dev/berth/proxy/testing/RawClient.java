package dev.berth.proxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A client that sends exactly the bytes it is told to. */
public final class RawClient implements AutoCloseable {
    private final Socket socket;
    private final Conversation conversation;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.conversation = new Conversation(socket);
    }

    /** A response as read from the wire. */
    public record Response(String head, String body) {
        public int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        public @Nullable String field(String name) {
            return Conversation.field(head, name);
        }
    }

    public static RawClient connect(int port) {
        return connect(port, 64 * 1024);
    }

    public static RawClient connect(int port, int receiveBuffer) {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(receiveBuffer);
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One request on a connection of its own; the response, which must be complete. */
    public static Response exchange(int port, String request) {
        try (RawClient client = connect(port)) {
            return client.send(request).response();
        }
    }

    /** GET of a path of a host. */
    public static Response get(int port, String host, String path, String... fields) {
        StringBuilder request = new StringBuilder();
        request.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
        for (String field : fields) {
            request.append("\r\n").append(field);
        }
        return exchange(port, request.append("\r\n\r\n").toString());
    }

    public RawClient send(String text) {
        try {
            conversation.send(text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next response, to any method but HEAD. */
    public Response response() {
        return response(true);
    }

    public Response response(boolean hasBody) {
        try {
            String head = conversation.readHead();
            if (head == null) {
                throw new IOException("closed without a response");
            }
            int status = Integer.parseInt(head.substring(9, 12));
            boolean bodiless = !hasBody || status < 200 || status == 204 || status == 304;
            return new Response(head, bodiless ? "" : conversation.readBody(head));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything up to the end of the stream. */
    public String rest() {
        try {
            return conversation.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Conversation conversation() {
        return conversation;
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
