package dev.berth.reconciler.certificate.testing;

import dev.berth.reconciler.certificate.CertificateKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates by hand, with a key of its own. */
public final class TestAuthority {
    private static final X500Name NAME = new X500Name("O=Test Authority,CN=Test Root");
    private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime());

    private final KeyPair key = CertificateKeys.generate();
    private final X509Certificate root;

    public TestAuthority() {
        Instant now = Instant.now();
        root =
                signed(
                        NAME,
                        key.getPublic(),
                        List.of(),
                        now.minus(Duration.ofDays(3650)),
                        now.plus(Duration.ofDays(3650)));
    }

    /** A certificate and its key, in PEM. */
    public record Issued(String chain, String key, X509Certificate leaf) {}

    public Issued issue(Collection<String> names, Instant from, Instant until) {
        return issue(names, from, until, CertificateKeys.generate());
    }

    public Issued issue(Collection<String> names, Instant from, Instant until, KeyPair of) {
        X509Certificate leaf = signed(new X500Name("CN=leaf"), of.getPublic(), names, from, until);
        return new Issued(pem(leaf) + pem(root), CertificateKeys.pem(of.getPrivate()), leaf);
    }

    /** The root in PEM. */
    public String trust() {
        return pem(root);
    }

    /** A server's context for this machine's own addresses. */
    public SSLContext server() {
        KeyPair own = CertificateKeys.generate();
        Instant now = Instant.now();
        Issued issued =
                issue(
                        List.of("localhost", "127.0.0.1"),
                        now.minus(Duration.ofDays(1)),
                        now.plus(Duration.ofDays(2)),
                        own);
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = "none".toCharArray();
            store.setKeyEntry(
                    "server",
                    own.getPrivate(),
                    password,
                    new X509Certificate[] {issued.leaf(), root});
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's context that trusts nobody but these. */
    public static SSLContext trusting(String pem) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int i = 0;
            for (var each :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(
                                            pem.getBytes(StandardCharsets.US_ASCII)))) {
                store.setCertificateEntry("root" + i++, each);
            }
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("JavaUtilDate") // the library takes no other
    private X509Certificate signed(
            X500Name subject, PublicKey of, Collection<String> names, Instant from, Instant until) {
        try {
            JcaX509v3CertificateBuilder made =
                    new JcaX509v3CertificateBuilder(
                            NAME,
                            BigInteger.valueOf(SERIAL.incrementAndGet()),
                            Date.from(from),
                            Date.from(until),
                            subject,
                            of);
            made.addExtension(
                    Extension.basicConstraints, true, new BasicConstraints(names.isEmpty()));
            if (!names.isEmpty()) {
                List<GeneralName> all = new ArrayList<>();
                for (String name : names) {
                    boolean address = Character.isDigit(name.charAt(0));
                    all.add(
                            new GeneralName(
                                    address ? GeneralName.iPAddress : GeneralName.dNSName, name));
                }
                made.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(all.toArray(GeneralName[]::new)));
            }
            byte[] der =
                    made.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(key.getPrivate()))
                            .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new IllegalStateException("in memory", e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
