package dev.berth.proxy.h3;

import dev.berth.proxy.tls.NoClientCertificates;
import dev.berth.proxy.tls.TlsContexts;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.util.AttributeKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;

/**
 * The TLS of QUIC (RFC 9001): one native context for all names, whose certificates are looked up in
 * each handshake by {@link QuicKeys}, on a thread of its own. There is no 0-RTT, whose requests
 * could be replayed (RFC 8470). Sessions are resumed within this process, by keys that BoringSSL
 * makes and changes itself. Thread-safe.
 */
final class QuicTls implements AutoCloseable {
    static final String PROTOCOL = "h3";
    private static final AttributeKey<ClientHello> HANDSHAKE =
            AttributeKey.valueOf("berth.quic.handshake");

    private final Map<SSLEngine, ClientHello> running = new ConcurrentHashMap<>();
    private final LoggedTasks worker =
            new LoggedTasks(
                    "quic-tls",
                    "a handshake of HTTP/3 failed; its client goes on over TCP, like others that"
                            + " meet the same");
    private final TlsContexts certificates;
    private final QuicSslContext context;

    /** Loads the native library if nobody has. */
    QuicTls(TlsContexts certificates) {
        this.certificates = certificates;
        this.context =
                QuicSslContextBuilder.forServer(new QuicKeys(certificates, this::of), null)
                        .trustManager(NoClientCertificates.INSTANCE)
                        .applicationProtocols(PROTOCOL)
                        .earlyData(false)
                        .sni(_ -> context())
                        .build();
    }

    /** What chooses certificates. */
    Executor worker() {
        return worker;
    }

    /** An engine for a new connection, whose handshake counts until it is settled. */
    QuicSslEngine engine(QuicChannel channel) {
        QuicSslEngine engine = context.newEngine(channel.alloc());
        ClientHello handshake = new ClientHello();
        channel.attr(HANDSHAKE).set(handshake);
        running.put(engine, handshake);
        channel.closeFuture().addListener(_ -> running.remove(engine));
        return engine;
    }

    /** The handshake of a connection. */
    static ClientHello of(QuicChannel channel) {
        return channel.attr(HANDSHAKE).get();
    }

    /** The handshake of a connection is complete. */
    void settled(QuicChannel channel) {
        SSLEngine engine = channel.sslEngine();
        if (engine != null) {
            running.remove(engine);
        }
        ClientHello handshake = of(channel);
        if (!handshake.hasShown()) {
            handshake.shows(certificates.names(handshake.name()));
        }
    }

    /** Handshakes that are under way. */
    int running() {
        return running.size();
    }

    @Override
    public void close() {
        worker.close();
    }

    private QuicSslContext context() {
        return context;
    }

    private ClientHello of(SSLEngine engine) {
        return running.getOrDefault(engine, new ClientHello());
    }
}
