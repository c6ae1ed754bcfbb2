package dev.berth.proxy.h3;

import dev.berth.proxy.tls.KeyMaterial;
import dev.berth.proxy.tls.ServerKeys;
import dev.berth.proxy.tls.TlsContexts;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the certificate of each handshake by the name that the client asks for, from those that
 * are in force at that moment. Confined to the thread of {@link QuicTls}, which may wait here.
 */
final class QuicKeys extends X509ExtendedKeyManager implements ServerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(QuicKeys.class);
    private static final String CHOSEN = "chosen";

    private final TlsContexts certificates;
    private final Function<SSLEngine, ClientHello> handshakes;

    /** Of the handshake whose key is asked for next: all of it happens in one call of the TLS. */
    private @Nullable KeyMaterial chosen;

    QuicKeys(TlsContexts certificates, Function<SSLEngine, ClientHello> handshakes) {
        this.certificates = certificates;
        this.handshakes = handshakes;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        ClientHello handshake = handshakes.apply(engine);
        chosen = null;
        if (handshake.isRefused()) {
            return null;
        }
        try {
            TlsContexts.Selected selected = certificates.select(handshake.name()).join();
            chosen = selected.keys();
            handshake.shows(selected.names());
        } catch (CompletionException e) {
            LOG.debug("there is no certificate", e);
        }
        return chosen == null ? null : CHOSEN;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return chosen == null ? null : chosen.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return chosen == null ? null : chosen.getPrivateKey(alias);
    }
}
