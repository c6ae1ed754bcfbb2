package dev.berth.proxy.testing;

import dev.berth.schemas.edge.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A backend written by hand: each connection runs a script on a virtual thread. Records the heads
 * that scripts read through {@link #next}.
 */
public final class TestBackend implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;
    private final Thread acceptor;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private TestBackend(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        this.acceptor = Thread.ofVirtual().name("backend").unstarted(this::accept);
    }

    /** What a connection does. */
    @FunctionalInterface
    public interface Script {
        void serve(Conversation conversation, TestBackend backend) throws Exception;
    }

    public static TestBackend start(Script script) {
        try {
            ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
            TestBackend backend = new TestBackend(server, script);
            backend.acceptor.start();
            return backend;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers each request with 200 and a body that is its head and body as received. */
    public static TestBackend echo() {
        return start(TestBackend::echo);
    }

    /** Answers each request with this text. */
    public static TestBackend saying(String text) {
        return start(
                (conversation, backend) -> {
                    for (String head = backend.next(conversation);
                            head != null;
                            head = backend.next(conversation)) {
                        conversation.readBody(head);
                        conversation.send(ok(text));
                    }
                });
    }

    public static void echo(Conversation conversation, TestBackend backend) throws IOException {
        for (String head = backend.next(conversation);
                head != null;
                head = backend.next(conversation)) {
            conversation.send(ok(head + "\r\n\r\n" + conversation.readBody(head)));
        }
    }

    public static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    }

    /** The next head on the connection, recorded. */
    public @Nullable String next(Conversation conversation) throws IOException {
        String head = conversation.readHead();
        if (head != null) {
            heads.add(head);
        }
        return head;
    }

    public List<String> heads() {
        return List.copyOf(heads);
    }

    /** Connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    public Backend address() {
        return new Backend(
                "container-" + server.getLocalPort(), "127.0.0.1", server.getLocalPort());
    }

    /** Closes every open connection but not the listener. */
    public void dropConnections() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /**
     * Refuses connections from here on: a closed socket listens until its last accept has ended.
     */
    @Override
    public void close() {
        try {
            server.close();
            acceptor.join();
            dropConnections();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().name("backend-connection").start(() -> run(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void run(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.serve(new Conversation(socket), this);
        } catch (Exception e) {
            // What a script does not expect shows in what its client gets.
        } finally {
            sockets.remove(socket);
        }
    }
}
