package dev.berth.reconciler.secret;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One file's data key at work: {@code ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]} with 32 bytes of
 * IV, a tag of 16 bytes kept apart, and the path as additional data (sops, {@code aes/cipher.go}).
 */
final class SopsCipher {
    static final int KEY_BYTES = 32;
    private static final int IV_BYTES = 32;
    private static final int TAG_BYTES = 16;
    private static final Pattern SEALED =
            Pattern.compile(
                    "ENC\\[AES256_GCM,data:([A-Za-z0-9+/]+={0,2}),iv:([A-Za-z0-9+/]+={0,2}),"
                            + "tag:([A-Za-z0-9+/]+={0,2}),type:([a-z]+)]");

    private final SecretKeySpec key;

    SopsCipher(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a data key has %d bytes".formatted(KEY_BYTES));
        }
        this.key = new SecretKeySpec(key, "AES");
    }

    static SopsCipher generate(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new SopsCipher(key);
    }

    byte[] key() {
        return key.getEncoded();
    }

    /** Whether the text means to be an encrypted value, sound or not. */
    static boolean looksSealed(String text) {
        return text.startsWith("ENC[AES256_GCM,");
    }

    /** {@code data:stripe:}, the additional data of a value at that path. */
    static String bindingOf(List<String> path) {
        return String.join(":", path) + ":";
    }

    /**
     * {@code null} when the text is no such value, was changed, or was sealed for another place.
     */
    @Nullable SopsValue open(String sealed, String binding) {
        Matcher matcher = SEALED.matcher(sealed);
        if (!matcher.matches()) {
            return null;
        }
        byte[] data = decode(matcher.group(1));
        byte[] iv = decode(matcher.group(2));
        byte[] tag = decode(matcher.group(3));
        SopsValue.Type type = SopsValue.Type.of(matcher.group(4));
        if (data == null || iv == null || tag == null || type == null || tag.length != TAG_BYTES) {
            return null;
        }
        byte[] whole = Arrays.copyOf(data, data.length + TAG_BYTES);
        System.arraycopy(tag, 0, whole, data.length, TAG_BYTES);
        try {
            return SopsValue.decrypted(
                    type, cipher(Cipher.DECRYPT_MODE, iv, binding).doFinal(whole));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    /** Another text at each call. */
    String seal(SopsValue value, String binding, SecureRandom random) {
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        return seal(value, binding, iv);
    }

    String seal(SopsValue value, String binding, byte[] iv) {
        byte[] out;
        try {
            out = cipher(Cipher.ENCRYPT_MODE, iv, binding).doFinal(value.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM", e);
        }
        Base64.Encoder base64 = Base64.getEncoder();
        int length = out.length - TAG_BYTES;
        return "ENC[AES256_GCM,data:%s,iv:%s,tag:%s,type:%s]"
                .formatted(
                        base64.encodeToString(Arrays.copyOf(out, length)),
                        base64.encodeToString(iv),
                        base64.encodeToString(Arrays.copyOfRange(out, length, out.length)),
                        value.type().text());
    }

    private Cipher cipher(int mode, byte[] iv, String binding) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, iv));
        cipher.updateAAD(binding.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return cipher;
    }

    /** {@code null} unless it is the one way to write these bytes: else a change could pass. */
    private static byte @Nullable [] decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
