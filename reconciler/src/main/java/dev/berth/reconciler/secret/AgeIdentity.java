package dev.berth.reconciler.secret;

import com.exceptionfactory.jagged.bech32.Bech32;
import com.exceptionfactory.jagged.bech32.Bech32Address;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Locale;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * An X25519 private key as the age tool writes it, {@code AGE-SECRET-KEY-1…}, with its public key.
 * Prints as the latter.
 */
public final class AgeIdentity {
    private static final String PREFIX = "AGE-SECRET-KEY-";

    private final String text;
    private final AgeRecipient recipient;

    private AgeIdentity(String text, byte[] scalar) {
        this.text = text;
        this.recipient = new AgeRecipient(encode(AgeRecipient.PREFIX, publicKey(scalar)));
    }

    /** A new one. */
    public static AgeIdentity generate(SecureRandom random) {
        byte[] scalar = new byte[32];
        random.nextBytes(scalar);
        return new AgeIdentity(encode(PREFIX, scalar).toUpperCase(Locale.ROOT), scalar);
    }

    /** {@code null} when it is no such key. */
    public static @Nullable AgeIdentity parse(String text) {
        try {
            Bech32Address address = Bech32.getDecoder().decode(text);
            byte[] scalar = address.getData();
            return PREFIX.contentEquals(address.getHumanReadablePart()) && scalar.length == 32
                    ? new AgeIdentity(text, scalar)
                    : null;
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** The line for an identity file: the private key itself. */
    public String text() {
        return text;
    }

    public AgeRecipient recipient() {
        return recipient;
    }

    @Override
    public String toString() {
        return recipient.text();
    }

    private static String encode(String prefix, byte[] data) {
        return Bech32.getEncoder().encode(prefix, data).toString();
    }

    /** The private key times the base point, whose u is 9 (RFC 7748 section 6.1). */
    private static byte[] publicKey(byte[] scalar) {
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            PublicKey base =
                    keys.generatePublic(
                            new XECPublicKeySpec(NamedParameterSpec.X25519, BigInteger.valueOf(9)));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(
                    keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar)));
            agreement.doPhase(base, true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519", e);
        }
    }
}
