package dev.berth.reconciler.source;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/**
 * Whether a key or subkey could sign at some time, by what its primary key said about it (RFC 9580
 * sections 5.2.1 and 10.1). Only statements that the primary key really signed count. A revoked key
 * counts for no time at all: who has it may date signatures back.
 */
final class GpgKeyState {
    private final PGPPublicKey primary;

    GpgKeyState(PGPPublicKeyRing ring) {
        this.primary = ring.getPublicKey();
    }

    static boolean isStrong(int hash) {
        return switch (hash) {
            case HashAlgorithmTags.SHA256,
                    HashAlgorithmTags.SHA384,
                    HashAlgorithmTags.SHA512,
                    HashAlgorithmTags.SHA3_256,
                    HashAlgorithmTags.SHA3_512 ->
                    true;
            default -> false; // a number of RFC 9580 section 9.5, not a type of ours
        };
    }

    /** Why a key of the ring could not sign then, to follow "which"; {@code null} when it could. */
    @Nullable String faultAt(PGPPublicKey key, Instant at) throws PGPException {
        List<PGPSignature> own = selfSignatures();
        if (isRevoked(primary, PGPSignature.KEY_REVOCATION)) {
            return "is revoked";
        }
        if (own.isEmpty()) {
            return "has no valid signature of its own";
        }
        PGPSignature newest = newest(own);
        if (!isAlive(primary, newest, at)) {
            return "was not valid at the time of the signature";
        }
        boolean isPrimary = key.getKeyID() == primary.getKeyID();
        return isPrimary ? maySign(newest) : subkeyFault(key, at);
    }

    private @Nullable String subkeyFault(PGPPublicKey key, Instant at) throws PGPException {
        if (isRevoked(key, PGPSignature.SUBKEY_REVOCATION)) {
            return "is revoked";
        }
        List<PGPSignature> bindings = new ArrayList<>();
        for (PGPSignature binding : ofType(key, PGPSignature.SUBKEY_BINDING)) {
            if (isStrong(binding.getHashAlgorithm())
                    && isRight(binding, () -> binding.verifyCertification(primary, key))
                    && isBoundBack(binding, key)) {
                bindings.add(binding);
            }
        }
        if (bindings.isEmpty()) {
            return "is no subkey for signing of the key it is listed with";
        }
        PGPSignature newest = newest(bindings);
        return isAlive(key, newest, at)
                ? maySign(newest)
                : "was not valid at the time of the signature";
    }

    private static @Nullable String maySign(PGPSignature statement) {
        PGPSignatureSubpacketVector said = statement.getHashedSubPackets();
        int flags = said == null ? 0 : said.getKeyFlags();
        return flags == 0 || (flags & KeyFlags.SIGN_DATA) != 0 ? null : "is not for signing";
    }

    /** A subkey must say itself whose it is, or anyone could list it as his. */
    private boolean isBoundBack(PGPSignature binding, PGPPublicKey key) throws PGPException {
        for (PGPSignatureSubpacketVector part :
                List.of(binding.getHashedSubPackets(), binding.getUnhashedSubPackets())) {
            PGPSignatureList embedded = part.getEmbeddedSignatures();
            for (PGPSignature back : embedded) {
                if (back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING
                        && isStrong(back.getHashAlgorithm())) {
                    back.init(new BcPGPContentVerifierBuilderProvider(), key);
                    if (back.verifyCertification(primary, key)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** What the primary key says about itself: certifications of its names, and direct ones. */
    private List<PGPSignature> selfSignatures() {
        List<PGPSignature> found = new ArrayList<>();
        Iterator<byte[]> names = primary.getRawUserIDs();
        while (names.hasNext()) {
            byte[] name = names.next();
            Iterator<PGPSignature> about = primary.getSignaturesForID(name);
            while (about != null && about.hasNext()) {
                PGPSignature one = about.next();
                if (one.isCertification()
                        && isStrong(one.getHashAlgorithm())
                        && isRight(one, () -> one.verifyCertification(name, primary))) {
                    found.add(one);
                }
            }
        }
        for (PGPSignature one : ofType(primary, PGPSignature.DIRECT_KEY)) {
            if (isStrong(one.getHashAlgorithm())
                    && isRight(one, () -> one.verifyCertification(primary))) {
                found.add(one);
            }
        }
        return found;
    }

    /** A revocation counts with any hash: to take it seriously can't let anyone in. */
    private boolean isRevoked(PGPPublicKey key, int type) {
        for (PGPSignature one : ofType(key, type)) {
            if (isRight(
                    one,
                    () ->
                            key.getKeyID() == primary.getKeyID()
                                    ? one.verifyCertification(primary)
                                    : one.verifyCertification(primary, key))) {
                return true;
            }
        }
        return false;
    }

    /** A check of one signature. */
    @FunctionalInterface
    private interface Check {
        boolean holds() throws PGPException;
    }

    /** True when the primary key made it. What can't be read was not made by it. */
    private boolean isRight(PGPSignature signature, Check check) {
        if (signature.getKeyID() != primary.getKeyID()) {
            return false;
        }
        try {
            signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
            return check.holds();
        } catch (PGPException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isAlive(PGPPublicKey key, PGPSignature statement, Instant at) {
        Instant born = key.getCreationTime().toInstant();
        PGPSignatureSubpacketVector said = statement.getHashedSubPackets();
        long seconds = said == null ? 0 : said.getKeyExpirationTime();
        return !at.isBefore(born)
                && (seconds == 0 || at.isBefore(born.plus(Duration.ofSeconds(seconds))));
    }

    private static PGPSignature newest(List<PGPSignature> signatures) {
        return signatures.stream()
                .max(Comparator.comparing(PGPSignature::getCreationTime))
                .orElseThrow();
    }

    private static List<PGPSignature> ofType(PGPPublicKey key, int type) {
        List<PGPSignature> found = new ArrayList<>();
        Iterator<PGPSignature> all = key.getSignaturesOfType(type);
        all.forEachRemaining(found::add);
        return found;
    }
}
