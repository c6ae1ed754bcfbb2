package dev.berth.proxy.tls;

import dev.berth.schemas.edge.Certificate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
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

    /**
     * Tries whether a key is the one of its certificate. BoringSSL would find out in the middle of
     * a handshake; it is asked before, since a signature in Java costs more than all else.
     *
     * @throws GeneralSecurityException if it is not
     */
    void check(SslContext context, Certificate certificate, KeyMaterial keys)
            throws GeneralSecurityException {
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
        try {
            if (engine instanceof ReferenceCountedOpenSslEngine open) {
                check(open.sslPointer(), certificate);
            } else {
                keys.check();
            }
        } finally {
            ReferenceCountUtil.release(engine);
        }
    }

    private static void check(long engine, Certificate certificate)
            throws GeneralSecurityException {
        long chain = 0;
        long key = 0;
        try {
            chain = parsed(certificate.chain(), SSL::parseX509Chain);
            key = parsed(certificate.key(), bio -> SSL.parsePrivateKey(bio, null));
            SSL.setKeyMaterial(engine, chain, key);
        } catch (Exception e) { // the library declares no other
            throw new GeneralSecurityException("its key is not the one of its certificate", e);
        } finally {
            if (chain != 0) {
                SSL.freeX509Chain(chain);
            }
            if (key != 0) {
                SSL.freePrivateKey(key);
            }
        }
    }

    /** What makes a structure of the library out of a text in its memory. */
    @FunctionalInterface
    private interface Parser {
        long parse(long bio) throws Exception;
    }

    private static long parsed(String pem, Parser parser) throws Exception {
        ByteBuf text = ByteBufAllocator.DEFAULT.directBuffer(pem.length());
        long bio = SSL.newMemBIO();
        try {
            text.writeCharSequence(pem, StandardCharsets.US_ASCII);
            SSL.bioWrite(bio, text.memoryAddress(), text.readableBytes());
            return parser.parse(bio);
        } finally {
            SSL.freeBIO(bio);
            text.release();
        }
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
