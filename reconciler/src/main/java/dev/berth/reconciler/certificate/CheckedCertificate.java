package dev.berth.reconciler.certificate;

import dev.berth.reconciler.desired.PemCertificates;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate that an edge can use: it can be read, its chain is one, and its key fits.
 *
 * @param names DNS names that it is for, lower case
 * @param issuer who signed it, by the shortest name that the certificate has for them
 * @param chain in PEM: the blocks of certificates and nothing else that the text had around them
 * @param key in PEM, PKCS #8: that block and nothing else
 */
public record CheckedCertificate(
        SortedSet<String> names,
        String issuer,
        Instant notBefore,
        Instant notAfter,
        String chain,
        String key) {
    private static final int DNS_NAME = 2;
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern OTHER_KEY =
            Pattern.compile("-----BEGIN ((?:EC |RSA |DSA |ENCRYPTED )PRIVATE KEY)-----");

    // As RFC 2253 writes names.
    private static final Pattern ORGANISATION = Pattern.compile("(?:^|,)O=((?:[^,\\\\]|\\\\.)+)");
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=((?:[^,\\\\]|\\\\.)+)");

    public CheckedCertificate {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "CheckedCertificate" + names;
    }

    /** The certificate of the host itself, first in a chain. */
    public static X509Certificate leaf(String chain) throws CertificateException {
        return PemCertificates.read(chain).getFirst();
    }

    /**
     * Reads and checks.
     *
     * @throws CertificateException the message says for people what is wrong, and holds no key
     */
    public static CheckedCertificate of(String chain, String key) throws CertificateException {
        List<X509Certificate> all = PemCertificates.read(chain);
        for (int i = 1; i < all.size(); i++) {
            X509Certificate below = all.get(i - 1);
            X509Certificate above = all.get(i);
            if (!below.getIssuerX500Principal().equals(above.getSubjectX500Principal())) {
                throw new CertificateException(
                        "certificate %d of the chain is not that of the issuer of the one before it (%s)"
                                .formatted(i + 1, below.getIssuerX500Principal().getName()));
            }
        }
        X509Certificate leaf = all.getFirst();
        PrivateKey own = privateKey(key, leaf.getPublicKey());
        if (!fits(own, leaf.getPublicKey())) {
            throw new CertificateException("the key is not that of the certificate");
        }
        SortedSet<String> names = names(leaf);
        if (names.isEmpty()) {
            throw new CertificateException(
                    "it is for no DNS name (subject alternative names); clients take no other");
        }
        return new CheckedCertificate(
                names,
                issuer(leaf),
                leaf.getNotBefore().toInstant(),
                leaf.getNotAfter().toInstant(),
                PemCertificates.write(all),
                CertificateKeys.pem(own));
    }

    private static PrivateKey privateKey(String pem, PublicKey fitting)
            throws CertificateException {
        Matcher key = KEY.matcher(pem);
        if (!key.find()) {
            Matcher other = OTHER_KEY.matcher(pem);
            throw new CertificateException(
                    other.find()
                            ? "the key is a %s; make it PKCS #8: openssl pkcs8 -topk8 -nocrypt"
                                    .formatted(other.group(1))
                            : "the key is not PEM (BEGIN PRIVATE KEY)");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(key.group(1));
            return KeyFactory.getInstance(fitting.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CertificateException(
                    "the key can't be read, or is no %s key as that of the certificate"
                            .formatted(fitting.getAlgorithm()));
        }
    }

    private static boolean fits(PrivateKey key, PublicKey other) throws CertificateException {
        String algorithm =
                switch (other.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default ->
                            throw new CertificateException(
                                    "the certificate is for a key of %s; EC and RSA can be served"
                                            .formatted(other.getAlgorithm()));
                };
        byte[] sample = "berth".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(other);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static SortedSet<String> names(X509Certificate leaf) throws CertificateException {
        SortedSet<String> names = new TreeSet<>();
        Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> name : alternatives) {
                if (Integer.valueOf(DNS_NAME).equals(name.get(0))) {
                    names.add(String.valueOf(name.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    private static String issuer(X509Certificate leaf) {
        String whole = leaf.getIssuerX500Principal().getName();
        for (Pattern part : List.of(ORGANISATION, COMMON_NAME)) {
            Matcher found = part.matcher(whole);
            if (found.find()) {
                return found.group(1).replace("\\", "");
            }
        }
        return whole;
    }
}
