package dev.berth.proxy.h3;

import dev.berth.proxy.tls.TlsContexts;
import dev.berth.proxy.tls.TlsContexts.Named;
import dev.berth.schemas.edge.Certificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the certificate of each handshake by the name that the client asks for, from those that
 * are in force at that moment. Parses one when it is first asked for and keeps the most recently
 * used. Confined to the thread of {@link QuicTls}, which may wait here.
 */
final class QuicKeys extends X509ExtendedKeyManager {
    private static final Logger LOG = LoggerFactory.getLogger(QuicKeys.class);
    private static final int MAX_KEPT = 512;
    private static final String CHOSEN = "chosen";

    private final TlsContexts certificates;
    private final Function<SSLEngine, ClientHello> handshakes;
    private final Map<Certificate, KeyMaterial> kept = new LinkedHashMap<>(16, 0.75f, true);

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
            Named named = certificates.certificate(handshake.name()).join();
            chosen = material(named.certificate());
            if (chosen == null) {
                named = certificates.otherwise().join();
                chosen = material(named.certificate());
            }
            handshake.shows(named.names());
        } catch (CompletionException e) {
            LOG.debug("there is no certificate", e);
        }
        return chosen == null ? null : CHOSEN;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return chosen == null ? null : chosen.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return chosen == null ? null : chosen.key();
    }

    private @Nullable KeyMaterial material(Certificate certificate) {
        KeyMaterial known = kept.get(certificate);
        if (known != null) {
            return known;
        }
        try {
            KeyMaterial made = KeyMaterial.of(certificate);
            kept.put(certificate, made);
            if (kept.size() > MAX_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            return made;
        } catch (GeneralSecurityException e) {
            LOG.error(
                    "the certificate for {} cannot be used: {}; clients get one that they do not"
                            + " trust",
                    certificate.names(),
                    String.valueOf(e.getMessage()));
            return null;
        }
    }

    // ---- what only clients, or servers with sockets, ask

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
