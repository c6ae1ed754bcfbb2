package dev.berth.reconciler.certificate.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.certificate.CertificateId;
import dev.berth.reconciler.certificate.CertificateKeys;
import dev.berth.reconciler.certificate.CertificateShelf.Kept;
import dev.berth.reconciler.certificate.Held;
import dev.berth.reconciler.certificate.Issuer;
import dev.berth.reconciler.secret.SecretKeys;
import dev.berth.reconciler.secret.SecretStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedShelfTest {
    private static final URI DIRECTORY = URI.create("https://ca.example.com/dir");
    private static final Issuer ISSUER = new Issuer(DIRECTORY, null, null, null);

    @TempDir private Path home;

    private SealedShelf shelf() throws IOException {
        SecureRandom random = new SecureRandom();
        return new SealedShelf(new SecretStore(home, SecretKeys.open(home, random), random));
    }

    private static Held held() {
        KeyPair key = CertificateKeys.generate();
        Instant now = Instant.parse("2026-11-23T02:00:00Z");
        return new Held(
                new TreeSet<>(List.of("shop.example.com")),
                DIRECTORY,
                null,
                "Test",
                "chain",
                CertificateKeys.pem(key.getPrivate()),
                now,
                now.plusSeconds(60),
                now);
    }

    @Test
    void held_isThereAfterARestart_andIsEncrypted() throws Exception {
        Held held = held();
        shelf().put(held);

        assertThat(shelf().kept()).isEqualTo(new Kept(List.of(held), true));
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain("PRIVATE");
            }
        }
        assertThat(held.toString()).doesNotContain("PRIVATE");
        shelf().remove(held.id());
        assertThat(shelf().kept()).isEqualTo(new Kept(List.of(), true));
    }

    @Test
    void account_hasOneKey_whoeverAsks() throws Exception {
        KeyPair first = shelf().account(ISSUER);

        assertThat(shelf().account(ISSUER).getPrivate()).isEqualTo(first.getPrivate());
        assertThat(
                        shelf().account(new Issuer(DIRECTORY, "other@example.com", null, null))
                                .getPrivate())
                .as("another address is no other account")
                .isEqualTo(first.getPrivate());
    }

    @Test
    void pending_isKeptUntilItIsTakenBack() throws Exception {
        CertificateId id = held().id();
        KeyPair key = CertificateKeys.generate();

        shelf().pending(id, key);
        KeyPair kept = Objects.requireNonNull(shelf().pending(id));

        assertThat(kept.getPublic()).isEqualTo(key.getPublic());
        shelf().pending(id, null);
        assertThat(shelf().pending(id)).isNull();
    }

    @Test
    void kept_whatCantBeRead_isLeftOutAndMissed() throws Exception {
        Held held = held();
        shelf().put(held);
        Path file = home.resolve("secrets").resolve("acme_certificate_" + held.id() + ".sealed");
        Files.writeString(file, "garbage");

        assertThat(shelf().kept()).isEqualTo(new Kept(List.of(), false));
    }

    @Test
    void kept_whereNothingCanBeListed_isNotKnown() throws Exception {
        SealedShelf shelf = shelf();
        Files.writeString(home.resolve("secrets"), "no directory");

        assertThatThrownBy(shelf::kept).isInstanceOf(IOException.class);
    }

    @Test
    void shelf_withoutStore_keepsInMemory() throws Exception {
        SealedShelf memory = new SealedShelf(null);
        Held held = held();

        memory.put(held);

        assertThat(memory.kept()).isEqualTo(new Kept(List.of(held), true));
        assertThat(memory.account(ISSUER).getPrivate())
                .isEqualTo(memory.account(ISSUER).getPrivate());
    }
}
