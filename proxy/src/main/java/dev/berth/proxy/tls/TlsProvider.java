package dev.berth.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What does the cryptography: BoringSSL where its library loads, else the JDK, whose handshakes
 * cost several times as much and whose sessions no other process resumes.
 *
 * @param name for the log
 */
record TlsProvider(String name, SslProvider provider) {
    private static final Logger LOG = LoggerFactory.getLogger(TlsProvider.class);

    /** The best of this machine. Loads the library, which takes a while. */
    static TlsProvider best() {
        if (OpenSsl.isAvailable()) {
            return new TlsProvider(OpenSsl.versionString(), SslProvider.OPENSSL);
        }
        LOG.warn(
                "BoringSSL cannot be loaded ({}): TLS is served by the JDK, at several times the"
                        + " cost of a handshake",
                String.valueOf(OpenSsl.unavailabilityCause()));
        return new TlsProvider("JDK", SslProvider.JDK);
    }

    /**
     * A context for TLS 1.2 and 1.3 that offers HTTP/2 and HTTP/1.1. Given parsed keys and nobody
     * to trust, it takes a fraction of a millisecond: else the library would make a key store of
     * the JDK for each, and read that of Java's roots.
     *
     * @throws SSLException if the library takes no such context
     */
    SslContext context(KeyMaterial keys, List<byte[]> ticketKeys) throws SSLException {
        SslContext context =
                SslContextBuilder.forServer(keys)
                        .trustManager(NoClientCertificates.INSTANCE)
                        .sslProvider(provider)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                        .applicationProtocolConfig(
                                new ApplicationProtocolConfig(
                                        Protocol.ALPN,
                                        SelectorFailureBehavior.NO_ADVERTISE,
                                        SelectedListenerFailureBehavior.ACCEPT,
                                        ApplicationProtocolNames.HTTP_2,
                                        ApplicationProtocolNames.HTTP_1_1))
                        .build();
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            // Clients keep their sessions themselves, in tickets. A cache here would keep thousands
            // that nobody asks for: each costs a call out of the library and makes garbage.
            sessions.setSessionCacheEnabled(false);
        }
        useTicketKeys(context, ticketKeys);
        return context;
    }

    /** Seals with the first key from now on, and opens with all. */
    static void useTicketKeys(SslContext context, List<byte[]> keys) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setTicketKeys(
                    keys.stream().map(TlsProvider::key).toArray(OpenSslSessionTicketKey[]::new));
        }
    }

    private static OpenSslSessionTicketKey key(byte[] bytes) {
        return new OpenSslSessionTicketKey(
                Arrays.copyOfRange(bytes, 0, 16),
                Arrays.copyOfRange(bytes, 16, 32),
                Arrays.copyOfRange(bytes, 32, 48));
    }
}
