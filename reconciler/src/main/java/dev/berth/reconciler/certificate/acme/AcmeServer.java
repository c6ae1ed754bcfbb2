package dev.berth.reconciler.certificate.acme;

import dev.berth.reconciler.desired.PemCertificates;
import dev.berth.reconciler.notify.Reach;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.AbstractAcmeProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the server of a directory is reached; given to the library by hand, which would look for it
 * through the class loader of a thread.
 */
final class AcmeServer extends AbstractAcmeProvider {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeServer.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final @Nullable SSLContext trust;
    private final Reach reach;

    private AcmeServer(@Nullable SSLContext trust, Reach reach) {
        this.trust = trust;
        this.reach = reach;
    }

    /**
     * One that is trusted by these.
     *
     * @param pem certificates; {@code null} = those that the JDK trusts
     * @param reach who may be asked at all
     * @throws GeneralSecurityException if they can't be read
     */
    static AcmeServer trustedBy(@Nullable String pem, Reach reach) throws GeneralSecurityException {
        return new AcmeServer(pem == null ? null : context(pem), reach);
    }

    private static SSLContext context(String pem) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new IllegalStateException("nothing is read", e);
        }
        int count = 0;
        for (X509Certificate each : PemCertificates.read(pem)) {
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
                        .proxy(new Guard(reach))
                        .followRedirects(HttpClient.Redirect.NEVER);
        return (trust == null ? client : client.sslContext(trust)).build();
    }

    /**
     * Refuses who may not be asked: the one place where the JDK's client asks about each request,
     * but not about redirected ones. What goes by a proxy is that one's concern.
     */
    private static final class Guard extends ProxySelector {
        private final Reach reach;
        private final @Nullable ProxySelector usual = ProxySelector.getDefault();

        Guard(Reach reach) {
            this.reach = reach;
        }

        @Override
        public List<Proxy> select(URI to) {
            List<Proxy> ways = usual == null ? DIRECT : usual.select(to);
            if (ways.contains(Proxy.NO_PROXY)) {
                check(to);
            }
            return ways;
        }

        private void check(URI to) {
            int port =
                    to.getPort() < 0 ? ("https".equals(to.getScheme()) ? 443 : 80) : to.getPort();
            try {
                reach.check(new InetSocketAddress(to.getHost(), port));
            } catch (UnknownHostException e) {
                LOG.debug("the client says so in its own words", e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void connectFailed(URI to, SocketAddress proxy, IOException e) {}
    }
}
