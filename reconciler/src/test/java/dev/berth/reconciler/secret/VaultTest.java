package dev.berth.reconciler.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VaultTest {
    private static final SecretRef STRIPE = new SecretRef("api", "Stripe.Key");
    private static final SecretRef TOKEN = new SecretRef("app/shop", "TOKEN");

    @TempDir Path home = Path.of("");
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-05-06T07:08:09Z"));
    private final InstantSource clock = now::get;
    private final List<String> complaints = new ArrayList<>();

    private SecretRoom room() {
        return SecretRoom.open(home, Map.of(), complaints::add, clock);
    }

    private static SortedMap<SecretRef, Secret> values(String stripe, String token) {
        return new TreeMap<>(Map.of(STRIPE, Secret.of(stripe), TOKEN, Secret.of(token)));
    }

    // ---- values

    @Test
    void value_ofTheVersionHeld_isGiven() throws Exception {
        Vault vault = room().vault();
        vault.hold(values("one", "two"));

        assertThat(vault.value(vault.use(STRIPE, Secret.of("one"))).text()).isEqualTo("one");
    }

    @Test
    void value_ofAnOlderVersion_isWaitedFor() throws Exception {
        Vault vault = room().vault();
        SecretUse old = vault.use(STRIPE, Secret.of("one"));
        vault.hold(values("new", "two"));

        assertThatThrownBy(() -> vault.value(old))
                .isInstanceOfSatisfying(
                        ReconcileException.Waiting.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.Superseded))
                .hasMessage("secret api.Stripe.Key has changed meanwhile");
    }

    @Test
    void version_isAnotherForAnotherNameValueOrKey() throws Exception {
        Vault vault = room().vault();
        String version = vault.use(STRIPE, Secret.of("one")).version();

        assertThat(vault.use(STRIPE, Secret.of("one")).version()).isEqualTo(version);
        assertThat(room().vault().use(STRIPE, Secret.of("one")).version()).isEqualTo(version);
        assertThat(vault.use(STRIPE, Secret.of("two")).version()).isNotEqualTo(version);
        assertThat(vault.use(TOKEN, Secret.of("one")).version()).isNotEqualTo(version);
        assertThat(Vault.ofThisProcess(clock).use(STRIPE, Secret.of("one")).version())
                .isNotEqualTo(version);
        assertThat(version).doesNotContain("one");
    }

    @Test
    void toString_ofAnything_showsNoValue() throws Exception {
        SecretRoom room = room();
        room.vault().hold(values("t0psecret", "t0psecret"));

        assertThat(room.toString()).doesNotContain("t0psecret");
        assertThat(values("t0psecret", "t0psecret").toString()).doesNotContain("t0psecret");
    }

    // ---- redaction

    @Test
    void redactor_hidesWhatIsHeldAndForAnHourWhatWas() throws Exception {
        Vault vault = room().vault();
        vault.hold(values("first-value", "token-value"));
        vault.hold(values("second-value", "token-value"));
        vault.retain(Set.of());

        assertThat(clean(vault)).isEqualTo("*** *** ***");
        now.updateAndGet(t -> t.plus(Duration.ofMinutes(61)));
        vault.retain(Set.of());
        assertThat(clean(vault)).isEqualTo("first-value *** ***");
    }

    @Test
    void redactor_whileAContainerHasTheOldValue_hidesItHoweverLong() throws Exception {
        Vault vault = room().vault();
        SecretUse old = vault.use(STRIPE, Secret.of("first-value"));
        vault.hold(values("first-value", "token-value"));
        vault.hold(values("second-value", "token-value"));

        now.updateAndGet(t -> t.plus(Duration.ofDays(30)));
        vault.retain(Set.of(old));

        assertThat(clean(vault)).isEqualTo("*** *** ***");
        assertThat(clean(vault.copy())).isEqualTo("*** *** ***");
    }

    @Test
    void redactor_afterARestart_stillHidesWhatContainersHave() throws Exception {
        Vault before = room().vault();
        SecretUse old = before.use(STRIPE, Secret.of("first-value"));
        before.hold(values("first-value", "token-value"));
        before.hold(values("second-value", "token-value"));

        Vault vault = room().vault();
        now.updateAndGet(t -> t.plus(Duration.ofDays(30)));
        vault.retain(Set.of(old));
        assertThat(clean(vault)).isEqualTo("*** *** ***");
        assertThat(vault.all()).containsEntry(STRIPE, Secret.of("second-value"));

        vault.retain(Set.of());
        assertThat(clean(vault)).isEqualTo("first-value *** ***");
        vault.hold(values("second-value", "token-value"));
        assertThat(home.resolve("secrets")).isDirectoryNotContaining("glob:**/replaced.sealed");
    }

    @Test
    void hold_replacedValue_isAtRestInNoClearForm() throws Exception {
        Vault vault = room().vault();
        vault.hold(values("first-value", "token-value"));
        vault.hold(values("second-value", "token-value"));

        assertThat(Files.readString(home.resolve("secrets/replaced.sealed")))
                .startsWith("berth1 ")
                .doesNotContain("first-value");
    }

    private static String clean(Vault vault) {
        return vault.redactor().clean("first-value second-value token-value");
    }

    @Test
    void copy_learns_theOriginalDoesNot() throws Exception {
        Vault vault = room().vault();
        vault.hold(values("first-value", "token-value"));
        Vault copy = vault.copy();

        copy.hold(values("second-value", "token-value"));

        assertThat(copy.redactor().clean("second-value")).isEqualTo("***");
        assertThat(vault.redactor().clean("second-value")).isEqualTo("second-value");
        assertThat(room().vault().lastOf("api").get(STRIPE)).isEqualTo(Secret.of("first-value"));
    }

    // ---- at rest

    @Test
    void hold_thenAnotherProcess_hasTheValues() throws Exception {
        room().vault().hold(values("one", "two"));

        Vault next = room().vault();

        assertThat(next.lastOf("api")).containsExactly(Map.entry(STRIPE, Secret.of("one")));
        assertThat(next.lastOf("app/shop")).containsExactly(Map.entry(TOKEN, Secret.of("two")));
    }

    @Test
    void hold_withoutAHolder_forgetsItAtRestToo() throws Exception {
        Vault vault = room().vault();
        vault.hold(values("one", "two"));
        vault.hold(new TreeMap<>(Map.of(TOKEN, Secret.of("two"))));

        assertThat(home.resolve("secrets")).isDirectoryContaining("glob:**/app_shop.sealed");
        assertThat(home.resolve("secrets")).isDirectoryNotContaining("glob:**/secret_api.sealed");
    }

    @Test
    void hold_diskFull_countsAndIsKeptTheNextTime() throws Exception {
        Vault vault = room().vault();
        Files.writeString(home.resolve("secrets"), "in the way");
        assertThatThrownBy(() -> vault.hold(values("one", "two")))
                .isInstanceOf(ReconcileException.Transient.class)
                .hasMessageNotContaining("one");
        assertThat(vault.lastOf("api")).hasSize(1);
        Files.delete(home.resolve("secrets"));

        vault.hold(values("one", "two"));

        assertThat(room().vault().lastOf("api")).hasSize(1);
    }

    @Test
    void open_keyMissingThoughValuesAreThere_refusesAndSaysWhatToDo() throws Exception {
        room().vault().hold(values("one", "two"));
        Files.delete(home.resolve("keys/secrets.key"));

        assertThatThrownBy(this::room)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("keys/secrets.key is missing", "restore", "delete");
        assertThat(home.resolve("keys/secrets.key")).doesNotExist();
    }

    @Test
    void open_anotherKeyThanTheValuesNeed_refuses() throws Exception {
        room().vault().hold(values("one", "two"));
        Files.delete(home.resolve("keys/secrets.key"));
        Path other = Files.createDirectories(home.resolve("other"));
        SecretKeys.open(other, new SecureRandom());
        Files.copy(other.resolve("keys/secrets.key"), home.resolve("keys/secrets.key"));
        Files.setPosixFilePermissions(
                home.resolve("keys/secrets.key"), PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(this::room)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("restore that file from your copy, or delete");
    }

    @Test
    void open_afterARotation_takesOverAndForgetsTheOldKey() throws Exception {
        room().vault().hold(values("one", "two"));
        String version = room().vault().use(STRIPE, Secret.of("one")).version();
        String before = Files.readString(home.resolve("secrets/secret_api.sealed"));
        SecretKeys rotated = SecretKeys.open(home, new SecureRandom()).rotate(new SecureRandom());

        Vault vault = room().vault();

        assertThat(vault.lastOf("api")).containsValue(Secret.of("one"));
        assertThat(vault.use(STRIPE, Secret.of("one")).version()).isEqualTo(version);
        assertThat(Files.readString(home.resolve("secrets/secret_api.sealed")))
                .isNotEqualTo(before)
                .contains(rotated.newest());
        assertThat(SecretKeys.open(home, new SecureRandom()).ids())
                .containsExactly(rotated.newest());
    }

    @Test
    void open_keysCannotBeWritten_goesOnWithoutAnyAtRest() throws Exception {
        Files.writeString(home.resolve("keys"), "in the way");

        Vault vault = room().vault();
        vault.hold(values("one", "two"));

        assertThat(complaints).singleElement().asString().contains("can't write keys for secrets");
        assertThat(vault.lastOf("api")).hasSize(1);
        assertThat(home.resolve("secrets")).doesNotExist();
    }

    @Test
    void look_atAHomeWithoutKeys_writesNothing() throws IOException {
        SecretRoom.look(home, Map.of(), complaints::add, clock);

        try (var files = Files.list(home)) {
            assertThat(files).isEmpty();
        }
    }

    // ---- identities

    @Test
    void identities_ofFileAndEnvironment_countAtOnce() throws IOException {
        AgeIdentity given = AgeIdentity.generate(new SecureRandom());
        HomeAgeKeys keys =
                new HomeAgeKeys(home, Map.of("SOPS_AGE_KEY", given.text()), complaints::add);
        assertThat(keys.get().recipients()).containsExactly(given.recipient());

        AgeRecipient added = HomeAgeKeys.add(home, AgeIdentity.generate(new SecureRandom()));

        assertThat(keys.get().recipients()).containsExactly(added, given.recipient());
        assertThat(complaints).isEmpty();
    }

    @Test
    void identities_readableByOthers_areNotUsedAndSaidOnce() throws IOException {
        HomeAgeKeys.add(home, AgeIdentity.generate(new SecureRandom()));
        Path file = HomeAgeKeys.fileIn(home);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        HomeAgeKeys keys = new HomeAgeKeys(home, Map.of(), complaints::add);

        assertThat(keys.get().recipients()).isEmpty();
        assertThat(keys.get().recipients()).isEmpty();

        assertThat(complaints).singleElement().asString().contains("others may read", "chmod 600");
    }

    @Test
    void identities_wrongLine_isSaidWithoutTheLine() throws IOException {
        KeyFile.write(HomeAgeKeys.fileIn(home), "AGE-SECRET-KEY-1WRONG\n");

        new HomeAgeKeys(home, Map.of(), complaints::add).get();

        assertThat(complaints)
                .singleElement()
                .asString()
                .contains("age.txt:1:1")
                .doesNotContain("1WRONG");
    }
}
