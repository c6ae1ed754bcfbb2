package dev.berth.proxy.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS connections of a client that trusts everybody and remembers its sessions. */
public final class TlsClient {
    private final SSLContext context = trusting();
    private final String version;

    /** Speaks that version only, {@code TLSv1.2} or {@code TLSv1.3}. */
    public TlsClient(String version) {
        this.version = version;
    }

    public TlsClient() {
        this("TLSv1.3");
    }

    /**
     * Connects and does the handshake.
     *
     * @param name asked for; {@code null} = none
     * @param protocols offered by ALPN
     */
    public SSLSocket connect(int port, @Nullable String name, String... protocols) {
        return connect(port, new byte[0], name, protocols);
    }

    /** The same after having sent these bytes. */
    public SSLSocket connect(int port, byte[] before, @Nullable String name, String... protocols) {
        try {
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
            plain.getOutputStream().write(before);
            SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
            parameters.setApplicationProtocols(protocols);
            parameters.setProtocols(new String[] {version});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The certificate that the client was shown, by the names in it. */
    public static String shown(SSLSocket socket) {
        try {
            X509Certificate certificate =
                    (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return String.valueOf(certificate.getSubjectAlternativeNames());
        } catch (SSLPeerUnverifiedException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A context that trusts everybody. */
    public static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // everybody
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // everybody
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            // everybody
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            // everybody
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // everybody
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            // everybody
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
