package dev.berth.reconciler.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.bcpg.sig.IssuerFingerprint;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.util.io.Streams;
import org.jspecify.annotations.Nullable;

/**
 * Checks detached OpenPGP signatures (RFC 9580 section 5.2) against a list of keys. Looks at no
 * keyring, keyserver or program of the machine. Trusts a key because it is listed; that the key
 * could sign then is up to {@link GpgKeyState}. Thread-safe; one check at a time, because the
 * library keeps state in a key's own signatures.
 */
final class GpgVerifier {
    private final List<PGPPublicKeyRing> keys = new ArrayList<>();

    /**
     * @param texts armoured keys; a broken one counts as none
     */
    GpgVerifier(List<String> texts) {
        for (String text : texts) {
            try {
                keys.addAll(GpgKeys.parse(text));
            } catch (IOException e) {
                System.getLogger(GpgVerifier.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "a GPG key that may sign commits is broken: {0}",
                                e.getMessage());
            }
        }
    }

    /** Whether one of the keys made this signature of these bytes. */
    synchronized Verdict verify(byte[] payload, byte[] armoured) {
        try {
            PGPSignature signature = signature(armoured);
            return signature == null
                    ? new Verdict.Bad("its GPG signature is not one signature")
                    : verify(payload, signature);
        } catch (IOException | PGPException | RuntimeException e) {
            return new Verdict.Bad(
                    "its GPG signature can't be read (%s)".formatted(FaultText.rootMessage(e)));
        }
    }

    private static @Nullable PGPSignature signature(byte[] armoured) throws IOException {
        byte[] packets =
                Streams.readAll(PGPUtil.getDecoderStream(new ByteArrayInputStream(armoured)));
        return new BcPGPObjectFactory(packets).nextObject() instanceof PGPSignatureList list
                        && list.size() == 1
                ? list.get(0)
                : null;
    }

    private Verdict verify(byte[] payload, PGPSignature signature) throws PGPException {
        boolean named = false;
        String reason = "";
        for (PGPPublicKeyRing ring : keys) {
            PGPPublicKey key = ring.getPublicKey(signature.getKeyID());
            if (key == null || !isIssuer(signature, key)) {
                continue;
            }
            named = true;
            String fault = fault(payload, signature, ring, key);
            if (fault == null) {
                return new Verdict.Good(name(ring));
            }
            reason = fault;
        }
        return new Verdict.Bad(
                named
                        ? reason
                        : "it is signed with the GPG key %016X, which is not among those that may sign"
                                .formatted(signature.getKeyID()));
    }

    private static boolean isIssuer(PGPSignature signature, PGPPublicKey key) {
        if (!signature.hasSubpackets()) {
            return true;
        }
        IssuerFingerprint issuer = signature.getHashedSubPackets().getIssuerFingerprint();
        return issuer == null || key.hasFingerprint(issuer.getFingerprint());
    }

    private static @Nullable String fault(
            byte[] payload, PGPSignature signature, PGPPublicKeyRing ring, PGPPublicKey key)
            throws PGPException {
        if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT
                && signature.getSignatureType() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
            return "its GPG signature is not one of a document";
        }
        if (!GpgKeyState.isStrong(signature.getHashAlgorithm())) {
            return "its GPG signature uses a hash that can be forged; set gpg to SHA-256 or better";
        }
        signature.init(new BcPGPContentVerifierBuilderProvider(), key);
        signature.update(payload);
        if (!signature.verify()) {
            return "its GPG signature does not fit what it says: it was changed after it was signed";
        }
        String unfit = new GpgKeyState(ring).faultAt(key, signature.getCreationTime().toInstant());
        return unfit == null
                ? null
                : "it is signed with the GPG key %s (%s), which %s"
                        .formatted(fingerprint(key), name(ring), unfit);
    }

    private static String fingerprint(PGPPublicKey key) {
        return HexFormat.of().formatHex(key.getFingerprint()).toUpperCase(Locale.ROOT);
    }

    private static String name(PGPPublicKeyRing ring) {
        var ids = ring.getPublicKey().getRawUserIDs();
        return FaultText.clean(
                ids.hasNext()
                        ? new String(ids.next(), StandardCharsets.UTF_8)
                        : fingerprint(ring.getPublicKey()));
    }
}
