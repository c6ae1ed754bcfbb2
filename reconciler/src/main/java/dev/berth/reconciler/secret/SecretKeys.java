package dev.berth.reconciler.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of this Berth for what it keeps: one that makes fingerprints, and those that encrypt at
 * rest, of which the newest encrypts and all decrypt. They lie in one file, mode 0600, a key a
 * line. Immutable; prints ids only.
 */
public final class SecretKeys {
    private static final int KEY_BYTES = 32;
    private static final String HEAD =
            """
            # Berth's own keys. Keep a copy in a safe place: without it what is stored under
            # secrets/ can't be read. The last line that begins with 'rest' encrypts.
            """;

    private final Path file;
    private final byte[] fingerprintKey;
    private final Map<String, byte[]> rest;

    private SecretKeys(Path file, byte[] fingerprintKey, Map<String, byte[]> rest) {
        this.file = file;
        this.fingerprintKey = fingerprintKey;
        this.rest = new LinkedHashMap<>(rest);
    }

    /**
     * Reads the keys; makes them where there are none and nothing needs them.
     *
     * @param home {@code $BERTH_HOME}: keys in {@code keys/secrets.key}
     * @throws IllegalStateException if Berth must not start: the keys are missing though
     *     ciphertexts are there, can't be understood, or are readable by others; the message says
     *     what to do
     */
    public static SecretKeys open(Path home, SecureRandom random) throws IOException {
        Path file = file(home);
        if (Files.exists(file)) {
            return parse(file, KeyFile.read(file));
        }
        Path store = SecretStore.folder(home);
        if (SecretStore.holdsAny(store)) {
            throw new IllegalStateException(
                    ("%s is missing, but %s holds secrets encrypted with it: restore the file from"
                                    + " your copy; or, if it is lost, delete %s/*.sealed: apps then wait for"
                                    + " their secrets until the config repo can be read")
                            .formatted(file, store, store));
        }
        SecretKeys made = new SecretKeys(file, key(random), Map.of()).withNewest(key(random));
        made.write();
        return made;
    }

    /**
     * Reads the keys and makes none: for those who only look.
     *
     * @return {@code null} when there are none
     */
    public static @Nullable SecretKeys find(Path home) throws IOException {
        Path file = file(home);
        return Files.exists(file) ? parse(file, KeyFile.read(file)) : null;
    }

    /** Keys that are kept nowhere; versions made with them mean nothing to anybody else. */
    public static SecretKeys ofThisProcess(SecureRandom random) {
        return new SecretKeys(Path.of("none"), key(random), Map.of()).withNewest(key(random));
    }

    private static Path file(Path home) {
        return home.resolve("keys").resolve("secrets.key");
    }

    /** Adds a key, which encrypts from now on, and writes the file. */
    public SecretKeys rotate(SecureRandom random) throws IOException {
        SecretKeys rotated = withNewest(key(random));
        rotated.write();
        return rotated;
    }

    /** Forgets the keys that nothing uses, except the newest, and writes the file. */
    public SecretKeys retainOnly(Set<String> ids) throws IOException {
        Map<String, byte[]> kept = new LinkedHashMap<>(rest);
        kept.keySet().removeIf(id -> !ids.contains(id) && !id.equals(newest()));
        SecretKeys retained = new SecretKeys(file, fingerprintKey, kept);
        retained.write();
        return retained;
    }

    /** Ids, oldest first. */
    public List<String> ids() {
        return List.copyOf(rest.keySet());
    }

    /**
     * Tells whether a value changed and nothing else: {@code v1:} and 16 hex digits of HMAC-SHA256
     * over the name and the value. Without the key nobody can try values against it.
     */
    public String fingerprint(String name, Secret value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(fingerprintKey, "HmacSHA256"));
            byte[] nameBytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            mac.update(java.nio.ByteBuffer.allocate(4).putInt(nameBytes.length).array());
            mac.update(nameBytes);
            return "v1:" + HexFormat.of().formatHex(mac.doFinal(value.bytes()), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String newest() {
        String last = "";
        for (String id : rest.keySet()) {
            last = id;
        }
        return last;
    }

    byte @Nullable [] key(String id) {
        return rest.get(id);
    }

    Path file() {
        return file;
    }

    private SecretKeys withNewest(byte[] key) {
        Map<String, byte[]> more = new LinkedHashMap<>(rest);
        more.put(id(key), key);
        return new SecretKeys(file, fingerprintKey, more);
    }

    private void write() throws IOException {
        Base64.Encoder base64 = Base64.getEncoder();
        StringBuilder text = new StringBuilder(HEAD);
        text.append("fingerprint ").append(base64.encodeToString(fingerprintKey)).append('\n');
        rest.forEach(
                (id, key) -> text.append("rest %s %s\n".formatted(id, base64.encodeToString(key))));
        KeyFile.write(file, text.toString());
    }

    private static SecretKeys parse(Path file, String text) {
        byte[] fingerprintKey = null;
        Map<String, byte[]> rest = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            List<String> words = Arrays.asList(line.strip().split(" +", -1));
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            byte[] key = decode(words.getLast());
            if (words.size() == 2 && words.getFirst().equals("fingerprint") && key != null) {
                fingerprintKey = key;
            } else if (words.size() == 3
                    && words.getFirst().equals("rest")
                    && key != null
                    && id(key).equals(words.get(1))) {
                rest.put(words.get(1), key);
            } else {
                throw new IllegalStateException(
                        "%s:%d is damaged: restore the file from your copy"
                                .formatted(file, number));
            }
        }
        if (fingerprintKey == null || rest.isEmpty()) {
            throw new IllegalStateException(
                    "%s lacks a key: restore the file from your copy".formatted(file));
        }
        return new SecretKeys(file, fingerprintKey, rest);
    }

    private static byte @Nullable [] decode(String base64) {
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            return key.length == KEY_BYTES ? key : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte[] key(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return key;
    }

    /** Made from the key, so that a damaged one is found out when it is read. */
    private static String id(byte[] key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "SecretKeys" + rest.keySet();
    }
}
