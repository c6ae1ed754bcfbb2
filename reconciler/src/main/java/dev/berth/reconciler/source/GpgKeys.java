package dev.berth.reconciler.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.jspecify.annotations.Nullable;

/**
 * Armoured OpenPGP public keys (RFC 9580 section 6.2), as {@code gpg --armor --export} writes them;
 * several blocks to a text are allowed.
 */
public final class GpgKeys {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "-----BEGIN PGP PUBLIC KEY BLOCK-----.*?-----END PGP PUBLIC KEY BLOCK-----",
                    Pattern.DOTALL);

    private GpgKeys() {}

    /** What is wrong with a file of keys, to follow its name; {@code null} when nothing is. */
    public static @Nullable String fault(String text) {
        if (text.contains("PRIVATE KEY BLOCK")) {
            return "holds a private key: remove it, take it for lost, and export the public one";
        }
        try {
            return parse(text).isEmpty()
                    ? "holds no key: write it with gpg --armor --export"
                    : null;
        } catch (IOException e) {
            return "holds a broken key (%s): write it with gpg --armor --export"
                    .formatted(FaultText.rootMessage(e));
        }
    }

    /**
     * The keys of a text, each with its subkeys.
     *
     * @throws IOException if a block is none
     */
    static List<PGPPublicKeyRing> parse(String text) throws IOException {
        List<PGPPublicKeyRing> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            try {
                Iterator<PGPPublicKeyRing> rings =
                        new PGPPublicKeyRingCollection(
                                        PGPUtil.getDecoderStream(
                                                new ByteArrayInputStream(
                                                        blocks.group()
                                                                .getBytes(
                                                                        StandardCharsets
                                                                                .US_ASCII))),
                                        new BcKeyFingerprintCalculator())
                                .getKeyRings();
                rings.forEachRemaining(keys::add);
            } catch (PGPException | RuntimeException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return keys;
    }
}
