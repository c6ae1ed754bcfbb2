package dev.berth.proxy.tls;

import dev.berth.proxy.testing.TlsClient;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** TLS connections in memory of a client of the JDK that remembers its sessions. */
final class ClientHandshake {
    private static final int ROOM = 64 * 1024;
    private static final int MOST_TURNS = 100;

    private final SSLContext client = TlsClient.trusting();

    /** What the client saw. */
    record Seen(SSLSession session, String protocol) {}

    /** Does a handshake of that version, and sends a byte each way. */
    Seen with(SslContext server, String version) throws SSLException {
        SSLEngine serving = server.newEngine(UnpooledByteBufAllocator.DEFAULT);
        try {
            SSLEngine asking = client.createSSLEngine("a.test", 443);
            asking.setUseClientMode(true);
            SSLParameters parameters = asking.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            asking.setSSLParameters(parameters);
            ByteBuffer toServer = ByteBuffer.allocate(ROOM).flip();
            ByteBuffer toClient = ByteBuffer.allocate(ROOM).flip();
            boolean asked = false;
            boolean answered = false;
            for (int turn = 0; turn < MOST_TURNS && !(asked && answered); turn++) {
                send(asking, toServer);
                asked |= receive(serving, toServer);
                send(serving, toClient);
                answered |= receive(asking, toClient);
            }
            if (!asked || !answered) {
                throw new SSLException("no handshake after " + MOST_TURNS + " turns");
            }
            return new Seen(asking.getSession(), asking.getApplicationProtocol());
        } finally {
            ReferenceCountUtil.release(serving);
        }
    }

    /** Sends what the handshake asks for; after it a byte, once. */
    private static void send(SSLEngine from, ByteBuffer wire) throws SSLException {
        HandshakeStatus status = from.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_UNWRAP || wire.hasRemaining()) {
            return;
        }
        wire.clear();
        from.wrap(ByteBuffer.wrap(new byte[] {'x'}), wire);
        tasks(from);
        wire.flip();
    }

    /** Whether a byte of the other end has come. */
    private static boolean receive(SSLEngine to, ByteBuffer wire) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(ROOM);
        int before;
        do {
            before = wire.remaining();
            to.unwrap(wire, plain);
            tasks(to);
        } while (wire.remaining() < before && wire.hasRemaining());
        return plain.position() > 0;
    }

    private static void tasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
