package dev.berth.reconciler.certificate.acme;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;

/**
 * How the server of a directory is reached; given to the library by hand, which would look for it
 * through the class loader of a thread.
 */
final class AcmeServer extends AbstractAcmeProvider {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    private final @Nullable SSLContext trust;

    private AcmeServer(@Nullable SSLContext trust) {
        this.trust = trust;
    }

    /**
     * One that is trusted by these.
     *
     * @param pem certificates; {@code null} = those that the JDK trusts
     * @throws GeneralSecurityException if they can't be read
     */
    static AcmeServer trustedBy(@Nullable String pem) throws GeneralSecurityException {
        return new AcmeServer(pem == null ? null : context(pem));
    }

    private static SSLContext context(String pem) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is read", e);
        }
        int count = 0;
        for (Certificate each :
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(
                                new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
            store.setCertificateEntry("ca" + count++, each);
        }
        TrustManagerFactory managers =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @Override
    public boolean accepts(URI server) {
        return true;
    }

    @Override
    public URL resolve(URI server) {
        try {
            return server.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("not a URL: " + server, e);
        }
    }

    @Override
    public HttpClient createHttpClient(NetworkSettings settings) {
        HttpClient.Builder client =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT_WITHIN)
                        .followRedirects(HttpClient.Redirect.NORMAL);
        return (trust == null ? client : client.sslContext(trust)).build();
    }
}
