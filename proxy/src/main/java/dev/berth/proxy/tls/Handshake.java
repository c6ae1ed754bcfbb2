package dev.berth.proxy.tls;

import dev.berth.proxy.http.TlsFacts;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What a completed handshake has settled. */
public final class Handshake {
    private Handshake() {}

    /** The facts of one; whether it was resumed only BoringSSL tells. */
    public static TlsFacts facts(SSLEngine engine) {
        SSLSession session = engine.getSession();
        return new TlsFacts(session.getProtocol(), session.getCipherSuite(), resumed(engine));
    }

    private static @Nullable Boolean resumed(SSLEngine engine) {
        if (!(engine instanceof ReferenceCountedOpenSslEngine open)) {
            return null;
        }
        long pointer = open.sslPointer();
        return pointer == 0 ? null : SSL.isSessionReused(pointer);
    }
}
