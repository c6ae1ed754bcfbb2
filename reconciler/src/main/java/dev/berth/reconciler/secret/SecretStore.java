package dev.berth.reconciler.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values kept over restarts, a file each under {@code $BERTH_HOME/secrets}, AES-256-GCM. A file
 * holds one line, {@code berth1 <key id> <iv> <ciphertext and tag>}, and is bound to its name and
 * key id: one that was copied over another can't be opened. Not thread-safe.
 */
public final class SecretStore {
    private static final String SUFFIX = ".sealed";
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,200}");
    private static final Pattern LINE =
            Pattern.compile("berth1 ([0-9a-f]{8}) ([A-Za-z0-9+/=]+) ([A-Za-z0-9+/=]+)\n?");

    private final Path folder;
    private final SecretKeys keys;
    private final SecureRandom random;

    public SecretStore(Path home, SecretKeys keys, SecureRandom random) {
        this.folder = folder(home);
        this.keys = keys;
        this.random = random;
    }

    static Path folder(Path home) {
        return home.resolve("secrets");
    }

    static boolean holdsAny(Path folder) throws IOException {
        return !names(folder).isEmpty();
    }

    /** Names of what is kept. */
    public NavigableSet<String> names() throws IOException {
        return names(folder);
    }

    /**
     * Keeps a value, in the place of an earlier one.
     *
     * @param name lower-case letters, digits, {@code . _ -}
     */
    public void put(String name, Secret value) throws IOException {
        String id = keys.newest();
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        Base64.Encoder base64 = Base64.getEncoder();
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, id, iv, name).doFinal(value.bytes());
            KeyFile.write(
                    file(name),
                    "berth1 %s %s %s\n"
                            .formatted(
                                    id, base64.encodeToString(iv), base64.encodeToString(sealed)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM", e);
        }
    }

    /**
     * What is kept under a name.
     *
     * @return empty when nothing is kept under that name
     * @throws IOException if what is kept can't be opened; the message says what to do
     */
    public Optional<Secret> get(String name) throws IOException {
        Path file = file(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Matcher line = line(file);
        String id = line.group(1);
        if (keys.key(id) == null) {
            throw new IOException(
                    "%s needs key %s, which %s lacks: restore that file from your copy, or delete %s"
                            .formatted(file, id, keys.file(), file));
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, id, bytes(line.group(2)), name);
            return Optional.of(Secret.of(cipher.doFinal(bytes(line.group(3)))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(file);
        }
    }

    /** Of several texts that Base64 decodes alike only one was written. */
    private static byte[] bytes(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("not as it was written");
        }
        return bytes;
    }

    public void remove(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    /**
     * Encrypts with the newest key what an older one has encrypted.
     *
     * @return how many values
     * @throws IOException if one can't be opened; those before it are done, so call it again
     */
    public int rewrap() throws IOException {
        int count = 0;
        for (String name : names()) {
            if (!line(file(name)).group(1).equals(keys.newest())) {
                put(name, get(name).orElseThrow());
                count++;
            }
        }
        return count;
    }

    /** Ids of the keys in use. */
    public NavigableSet<String> keyIds() throws IOException {
        NavigableSet<String> ids = new TreeSet<>();
        for (String name : names()) {
            ids.add(line(file(name)).group(1));
        }
        return ids;
    }

    private Cipher cipher(int mode, String id, byte[] iv, String name)
            throws GeneralSecurityException {
        byte[] key = keys.key(id);
        if (key == null) {
            throw new GeneralSecurityException("no key " + id);
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD("berth1 %s %s".formatted(id, name).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static Matcher line(Path file) throws IOException {
        Matcher line = LINE.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!line.matches()) {
            throw damaged(file);
        }
        return line;
    }

    private static IOException damaged(Path file) {
        return new IOException(
                "%s is damaged: restore it from your copy, or delete it and let Berth read the config repo again"
                        .formatted(file));
    }

    private Path file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name to keep a secret under");
        }
        return folder.resolve(name + SUFFIX);
    }

    private static NavigableSet<String> names(Path folder) throws IOException {
        NavigableSet<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.map(f -> String.valueOf(f.getFileName()))
                    .filter(n -> n.endsWith(SUFFIX))
                    .map(n -> n.substring(0, n.length() - SUFFIX.length()))
                    .filter(n -> NAME.matcher(n).matches())
                    .forEach(names::add);
        } catch (NoSuchFileException e) {
            return names; // nothing was kept yet
        } catch (UncheckedIOException e) { // while it is listed
            throw e.getCause();
        }
        return names;
    }
}
