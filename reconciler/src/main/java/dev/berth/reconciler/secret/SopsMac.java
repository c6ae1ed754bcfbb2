package dev.berth.reconciler.secret;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What sops calls the MAC: SHA-512 over the values of all documents in order, without keys and
 * separators, in upper-case hex; encrypted, so that only a holder of the data key could write it.
 * Unencrypted keys are no part of it: renaming one goes unseen, as it does with sops.
 */
final class SopsMac {
    /** SHA-256 of {@code sops}: keeps the two ways of counting apart. */
    private static final byte[] ONLY_ENCRYPTED =
            HexFormat.of()
                    .parseHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");

    private final boolean onlyEncrypted;
    private final MessageDigest digest;

    SopsMac(boolean onlyEncrypted) {
        this.onlyEncrypted = onlyEncrypted;
        try {
            this.digest = MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        if (onlyEncrypted) {
            digest.update(ONLY_ENCRYPTED);
        }
    }

    void add(SopsValue value, boolean encrypted) {
        if (encrypted || !onlyEncrypted) {
            digest.update(value.bytes());
        }
    }

    SopsValue result() {
        return SopsValue.text(HexFormat.of().withUpperCase().formatHex(digest.digest()));
    }
}
