package dev.berth.reconciler.webhook;

import dev.berth.reconciler.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Which of the forges know the secret that a delivery was sent with. Each is tried to the end, one
 * that nobody has as well, so that the time an answer takes tells nothing. Confined to one thread.
 */
final class SignatureCheck {
    private static final byte[] NOBODYS = new byte[32];

    static {
        new SecureRandom().nextBytes(NOBODYS);
    }

    private final Proof proof;
    private final List<ForgeSecret> forges;
    private final List<Mac> hashes = new ArrayList<>();

    SignatureCheck(Proof proof, List<ForgeSecret> forges) {
        this.proof = proof;
        this.forges = List.copyOf(forges);
        switch (proof) {
            case Proof.Absent _, Proof.Password _ -> {}
            case Proof.Hmac(_, String before, Proof.Key key) -> {
                this.forges.forEach(
                        forge -> hashes.add(hash(key.of(forge.secret().bytes()), before)));
                hashes.add(hash(NOBODYS, before));
            }
        }
    }

    /** Takes more of the body. */
    void update(byte[] bytes, int length) {
        hashes.forEach(hash -> hash.update(bytes, 0, length));
    }

    /** True when no body could make it right. */
    boolean isHopeless() {
        return switch (proof) {
            case Proof.Absent _ -> true;
            case Proof.Password _ -> fitting().isEmpty();
            case Proof.Hmac _ -> forges.isEmpty();
        };
    }

    /** Those whose secret it is, once the whole body was taken; asked once. */
    List<ForgeSecret> fitting() {
        List<ForgeSecret> fitting = new ArrayList<>();
        for (int i = 0; i < forges.size(); i++) {
            if (fits(i)) {
                fitting.add(forges.get(i));
            }
        }
        return fitting;
    }

    private boolean fits(int forge) {
        return switch (proof) {
            case Proof.Absent _ -> false;
            case Proof.Password(Secret given) -> forges.get(forge).secret().equals(given);
            case Proof.Hmac(List<byte[]> sent, _, _) -> {
                byte[] right = hashes.get(forge).doFinal();
                boolean any = false;
                for (byte[] one : sent) {
                    any |= MessageDigest.isEqual(right, one);
                }
                yield any;
            }
        };
    }

    private static Mac hash(byte[] key, String before) {
        try {
            Mac hash = Mac.getInstance("HmacSHA256");
            hash.init(new SecretKeySpec(key.length == 0 ? NOBODYS : key, "HmacSHA256"));
            hash.update(before.getBytes(StandardCharsets.UTF_8));
            return hash;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256 with any key", e);
        }
    }
}
