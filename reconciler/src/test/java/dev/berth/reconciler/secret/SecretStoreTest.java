package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretStoreTest {
    private static final Secret VALUE = Secret.of("correct horse battery staple");

    private final SecureRandom random = new SecureRandom();

    @TempDir private Path home;

    @Test
    void put_thenGet_afterRestart_givesTheValue() throws IOException {
        store().put("secret_shop.stripe", VALUE);
        assertThat(store().get("secret_shop.stripe")).contains(VALUE);
        assertThat(store().get("other")).isEmpty();
        assertThat(store().names()).containsExactly("secret_shop.stripe");
    }

    @Test
    void put_files_areForTheOwnerOnlyAndShowNothing() throws IOException {
        store().put("a", VALUE);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------");
                assertThat(Files.readString(file)).doesNotContain("horse");
            }
        }
    }

    @Test
    void open_keyMissingWhileCiphertextIsThere_refusesAndSaysWhatToDo() throws IOException {
        store().put("a", VALUE);
        Files.delete(keyFile());
        assertThatIllegalStateException()
                .isThrownBy(this::keys)
                .withMessageContainingAll("secrets.key is missing", "restore", "delete");
        assertThat(keyFile()).doesNotExist();
    }

    @Test
    void open_keyFileDamagedOrReadableByOthers_refuses() throws IOException {
        keys();
        String text = Files.readString(keyFile());
        String damaged = text.replaceFirst("(rest [0-9a-f]{8} )..", "$1ZZ");
        Files.writeString(keyFile(), damaged);
        assertThatIllegalStateException()
                .isThrownBy(this::keys)
                .withMessageContaining("secrets.key:4 is damaged");
        Files.writeString(keyFile(), text.lines().limit(3).toList().getLast() + "\n");
        assertThatIllegalStateException().isThrownBy(this::keys).withMessageContaining("lacks");
        Files.writeString(keyFile(), text);
        Files.setPosixFilePermissions(keyFile(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatIllegalStateException().isThrownBy(this::keys).withMessageContaining("chmod 600");
    }

    @Test
    void rotate_oldValuesOpen_newestEncrypts_rewrapMovesAll() throws IOException {
        store().put("old", VALUE);
        SecretKeys rotated = keys().rotate(random);
        assertThat(rotated.ids()).hasSize(2);
        SecretStore store = store();
        store.put("new", VALUE);
        assertThat(store.get("old")).contains(VALUE);
        assertThat(store.keyIds()).hasSize(2);

        assertThat(store.rewrap()).isEqualTo(1);
        assertThat(store.rewrap()).isZero();
        assertThat(store.keyIds()).containsExactly(rotated.ids().getLast());

        assertThat(keys().retainOnly(store.keyIds()).ids()).hasSize(1);
        assertThat(store().get("old")).contains(VALUE);
        assertThat(store().get("new")).contains(VALUE);
    }

    @Test
    void get_keyForgotten_saysWhich() throws IOException {
        store().put("old", VALUE);
        String id = keys().ids().getFirst();
        SecretKeys rotated = keys().rotate(random).retainOnly(new java.util.TreeSet<>());
        assertThat(rotated.ids()).doesNotContain(id);
        assertThatIOException()
                .isThrownBy(() -> store().get("old"))
                .withMessageContainingAll("needs key " + id, "restore");
    }

    @Test
    void get_fileOfAnotherName_isRefused() throws IOException {
        store().put("a", VALUE);
        store().put("b", Secret.of("other"));
        Files.copy(
                home.resolve("secrets/b.sealed"),
                home.resolve("secrets/a.sealed"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThatIOException()
                .isThrownBy(() -> store().get("a"))
                .withMessageContaining("is damaged");
    }

    @Test
    void get_anyByteFlipped_isRefused() throws IOException {
        store().put("a", VALUE);
        Path file = home.resolve("secrets/a.sealed");
        byte[] good = Files.readAllBytes(file);
        SecretStore store = store();
        // The line break at the end is no part of what is sealed.
        for (int at = 0; at < good.length - 1; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            String text = new String(bad, StandardCharsets.ISO_8859_1);
            assertThatIOException().as(text).isThrownBy(() -> store.get("a"));
        }
    }

    @Test
    void fingerprint_tellsValuesAndNamesApart_andDependsOnTheKey() throws IOException {
        SecretKeys keys = keys();
        String print = keys.fingerprint("api.k", VALUE);
        assertThat(print).matches("v1:[0-9a-f]{16}");
        assertThat(keys().rotate(random).fingerprint("api.k", VALUE)).isEqualTo(print);
        assertThat(keys.fingerprint("api.l", VALUE)).isNotEqualTo(print);
        assertThat(keys.fingerprint("api.k", Secret.of("x"))).isNotEqualTo(print);
        assertThat(SecretKeys.open(home.resolve("other"), random).fingerprint("api.k", VALUE))
                .isNotEqualTo(print);
    }

    @Test
    void secret_printedOrHashed_showsNothing() {
        assertThat(VALUE).hasToString("***").isEqualTo(Secret.of(VALUE.text()));
        assertThat(VALUE.hashCode()).isEqualTo(Secret.of("x").hashCode());
        assertThat(VALUE).isNotEqualTo(Secret.of("x"));
    }

    private Path keyFile() {
        return home.resolve("keys/secrets.key");
    }

    private SecretKeys keys() throws IOException {
        return SecretKeys.open(home, random);
    }

    private SecretStore store() throws IOException {
        return new SecretStore(home, keys(), random);
    }
}
