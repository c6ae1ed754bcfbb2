package dev.berth.reconciler.engine.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over which an engine's BuildKit asks for what a build may have ({@code POST
 * /session} of the engine's API, upgraded to {@code h2c}): then the engine is the client, and we
 * answer. The build names the session by its id. It ends when it is closed here, or the engine has
 * no more use for it. Thread-safe.
 */
public final class BuildSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BuildSession.class);
    private static final int LONGEST_HEAD = 8 * 1024;
    private static final int BUFFER = 16 * 1024;
    private static final String EXPOSE = "X-Docker-Expose-Session-";

    private final String id;
    private final GrpcService service;
    private final SocketChannel socket;

    private BuildSession(String id, GrpcService service, SocketChannel socket) {
        this.id = id;
        this.service = service;
        this.socket = socket;
    }

    /**
     * Opens one. Closed by who is interrupted in it.
     *
     * @param engine its address, of a Unix socket or of TCP
     * @param id unique among the engine's sessions
     * @throws IOException if the engine can't be reached, or opens none
     */
    public static BuildSession open(SocketAddress engine, String id, SecretService service)
            throws IOException {
        SocketChannel socket = SocketChannel.open(engine);
        try {
            BuildSession session = new BuildSession(id, service, socket);
            session.upgrade();
            Thread.ofVirtual().name("build session " + id).start(session::talk);
            return session;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Ends it; what the engine asks for from then on, it does not get. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing a build's session failed", e);
        }
    }

    private void upgrade() throws IOException {
        StringBuilder head =
                new StringBuilder("POST /session HTTP/1.1\r\nHost: docker\r\n")
                        .append("Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n");
        field(head, EXPOSE + "Uuid", id);
        field(head, EXPOSE + "Name", "berth");
        field(head, EXPOSE + "Sharedkey", "");
        service.methods().forEach(method -> field(head, EXPOSE + "Grpc-Method", method));
        send(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        String answer = head();
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(
                    "the engine opens no session for a build: "
                            + answer.lines().findFirst().orElse("no answer"));
        }
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    /** Byte by byte: what comes after it is HTTP/2. */
    private String head() throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n") && head.size() < LONGEST_HEAD) {
            if (socket.read(one.clear()) < 0) {
                return text;
            }
            head.write(one.get(0));
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private void talk() {
        try (socket;
                GrpcTalk talk = new GrpcTalk(service)) {
            send(talk.begin());
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (!talk.ended() && socket.read(buffer.clear()) >= 0) {
                send(talk.take(Arrays.copyOf(buffer.array(), buffer.position())));
            }
        } catch (IOException e) {
            LOG.debug("the session of a build ended: {}", e.toString());
        } catch (RuntimeException e) {
            LOG.warn("a bug, or the engine, ended the session of a build", e);
        }
    }

    private void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            socket.write(buffer);
        }
    }
}
