package dev.berth.reconciler.desired;

import dev.berth.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Stands for an effective spec: equal specs have equal hashes, and a commit that changes nothing in
 * a spec changes no hash. 12 hex digits of the SHA-256 of the record's JSON, so its maps must be
 * sorted.
 */
public record SpecHash(String text) {
    public static SpecHash of(Record spec) {
        return ofText(Json.write(spec));
    }

    static SpecHash ofText(String canonical) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(canonical.getBytes(StandardCharsets.UTF_8));
            return new SpecHash(HexFormat.of().formatHex(hash, 0, 6));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
