package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Sealed documents, what refers to them, and what is left when they can't be opened. */
final class SecretsTest {
    private static final ResourceId API = new ResourceId(Kind.Secret, "api");
    private static final String USES_STRIPE =
            "{image: busybox, env: {STRIPE: {fromSecret: api.stripe}, MODE: live}}";

    private final AgeKeys keys = Sealing.newKeys();
    private final Repo repo = Repo.withInstance();

    SecretsTest() {
        repo.keys = keys;
    }

    private static String secret(String name, String data) {
        return "apiVersion: berth/v1\nkind: Secret\nmetadata:\n  name: %s\ndata:\n%s"
                .formatted(name, data.indent(2));
    }

    private String sealed(String name, String data) {
        return Sealing.sealed(secret(name, data), keys);
    }

    private ContainerTemplate shop() {
        return process(repo.app("shop"));
    }

    private static ContainerTemplate process(DesiredApp app) {
        return ((Workload.Containers) app.workload())
                .processes()
                .values()
                .iterator()
                .next()
                .template();
    }

    private String value(SecretUse use) throws ReconcileException {
        return repo.vault.value(use).text();
    }

    // ---- logins of registries

    private static String instance(String spec) {
        return "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec:\n  "
                + spec
                + "\n";
    }

    private static String login(String reference) {
        return "registries: [{host: ghcr.io, username: ci, password: {fromSecret: %s}}]"
                .formatted(reference);
    }

    @Test
    void load_loginOfARegistry_namesItsSecretAndKeepsItsValue() throws Exception {
        repo.file("berth.yaml", instance(login("registry.word")))
                .file("secrets/registry.yaml", sealed("registry", "word: t0p-s3cret"));

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).isEmpty();
        assertThat(known.settings().registries())
                .singleElement()
                .satisfies(
                        login -> {
                            assertThat(login.key()).isEqualTo("ghcr.io");
                            assertThat(login.username()).isEqualTo("ci");
                        });
        assertThat(known.toString()).doesNotContain("t0p-s3cret");
        assertThat(repo.vault.redactor().clean("t0p-s3cret")).isEqualTo("***");
    }

    @Test
    void load_loginWithASecretOrKeyThatIsNotThere_isAProblemAtItsPlace() {
        repo.file("berth.yaml", instance(login("registry.word")));
        assertThat(repo.problems())
                .contains(
                        "berth.yaml:5:69 spec.registries[0].password.fromSecret: there is no Secret"
                                + " registry [E-REFERENCE]");

        repo.file("secrets/registry.yaml", sealed("registry", "words: x"));
        assertThat(repo.problems())
                .contains(
                        "berth.yaml:5:69 spec.registries[0].password.fromSecret: secret/registry"
                                + " has no key word, did you mean words? [E-REFERENCE]");
    }

    @Test
    void load_forgeWithSecretsThatAreNotThere_areProblemsAtTheirPlaces() {
        repo.file(
                "berth.yaml",
                instance(
                        "forges: [{host: github.com, app: {id: '1', key: {fromSecret: hub.key}},"
                                + " webhook: {fromSecret: hub.hook}}]"));

        assertThat(repo.problems())
                .contains(
                        "berth.yaml:5:97 spec.forges[0].webhook.fromSecret: there is no Secret hub"
                                + " [E-REFERENCE]")
                .anyMatch(problem -> problem.contains(" spec.forges[0].app.key.fromSecret: "));
    }

    // ---- where values go

    @Test
    void load_envFromSecret_templateKnowsAVersionAndNoValue() throws Exception {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file("secrets/api.yaml", sealed("api", "stripe: sk_live_4242\nother: x"));

        ContainerTemplate template = shop();

        assertThat(repo.problems()).isEmpty();
        assertThat(template.env()).containsEntry("MODE", "live").doesNotContainKey("STRIPE");
        assertThat(template.secretVariables()).containsOnlyKeys("STRIPE");
        SecretUse use = Objects.requireNonNull(template.secretVariables().get("STRIPE"));
        assertThat(use.ref()).hasToString("api.stripe");
        assertThat(value(use)).isEqualTo("sk_live_4242");
        assertThat(Json.write(template)).doesNotContain("sk_live_4242");
    }

    @Test
    void load_files_areNamedByKeyUnlessAPathIsGiven() throws Exception {
        repo.file(
                        "apps/shop.yaml",
                        Repo.app(
                                "shop",
                                "{image: busybox, secrets: [{secret: api, key: a}, {secret: api,"
                                        + " key: b, path: tls/b.pem}, {secret: api, key: b, path:"
                                        + " /run/secrets/c}]}"))
                .file("secrets/api.yaml", sealed("api", "a: one\nb: two"));

        SortedMap<String, SecretUse> files = shop().filesOfSecrets();

        assertThat(files)
                .containsOnlyKeys("/run/secrets/a", "/run/secrets/tls/b.pem", "/run/secrets/c");
        assertThat(value(Objects.requireNonNull(files.get("/run/secrets/c")))).isEqualTo("two");
    }

    @Test
    void load_filesAtOnePath_areAProblem() {
        repo.file(
                        "apps/shop.yaml",
                        Repo.app(
                                "shop",
                                "{image: busybox, secrets: [{secret: api, key: a}, {secret: api,"
                                        + " key: b, path: a/b}]}"))
                .file("secrets/api.yaml", sealed("api", "a: one\nb: two"));

        assertThat(repo.problems())
                .containsExactly(
                        "apps/shop.yaml:4:85 spec.secrets[1].path: another secret is already given"
                                + " as /run/secrets/a/b: choose another path [E-VALUE]");
    }

    @Test
    void load_appWithoutSecrets_hasTheHashItAlwaysHad() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{image: busybox, env: {MODE: live}}"));

        assertThat(Json.write(shop())).doesNotContainIgnoringCase("secret");
        assertThat(shop().hash()).hasToString("1c75b3c8e992");
    }

    @Test
    void load_valueChanged_changesItsUsersOnly() {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file(
                        "apps/mail.yaml",
                        Repo.app("mail", "{image: busybox, env: {K: {fromSecret: api.other}}}"))
                .file("apps/plain.yaml", Repo.app("plain", "{image: busybox}"))
                .file("secrets/api.yaml", sealed("api", "stripe: one\nother: x"));
        DesiredState.Known before = repo.known();
        repo.file("secrets/api.yaml", sealed("api", "stripe: two\nother: x"));

        DesiredState.Known after = repo.known();

        assertThat(generation(after, "shop")).isNotEqualTo(generation(before, "shop"));
        assertThat(generation(after, "mail")).isEqualTo(generation(before, "mail"));
        assertThat(generation(after, "plain")).isEqualTo(generation(before, "plain"));
    }

    private static SpecHash generation(DesiredState.Known state, String app) {
        return Objects.requireNonNull(state.apps().get(ResourceId.app(app))).generation();
    }

    @Test
    void load_wholeAppSealed_itsEnvironmentIsSecret() throws Exception {
        repo.file(
                "apps/shop.yaml",
                Sealing.whole(
                        Repo.app(
                                "shop",
                                "\n  image: busybox\n  env:\n    TOKEN: t0psecret\n    N: 42"),
                        keys));

        ContainerTemplate template = shop();

        assertThat(template.image()).isEqualTo("busybox");
        assertThat(template.secretVariables()).containsOnlyKeys("N", "TOKEN");
        SecretUse use = Objects.requireNonNull(template.secretVariables().get("TOKEN"));
        assertThat(use.ref()).hasToString("app/shop.TOKEN");
        assertThat(value(use)).isEqualTo("t0psecret");
        assertThat(Json.write(template)).doesNotContain("t0psecret");
    }

    // ---- mistakes

    @Test
    void load_secretInTheClear_isAProblemThatDoesNotQuoteIt() {
        repo.file("secrets/api.yaml", secret("api", "stripe: sk_live_4242"));

        assertThat(repo.problems())
                .containsExactly(
                        "secrets/api.yaml:6:11 data.stripe: this value is not encrypted: run"
                                + " ./berth seal on the file, and replace the value if it was pushed"
                                + " [E-SECRET]");
    }

    @Test
    void load_dataInTheClearOfAnotherType_isNotQuoted() {
        repo.file(
                "secrets/api.yaml",
                "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: api}\ndata: sk_live_4242\n");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("data: expected a mapping")
                .doesNotContain("sk_live");
    }

    @Test
    void load_unknownSecretOrKey_isAProblemAtTheReference() {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file(
                        "apps/mail.yaml",
                        Repo.app("mail", "{image: busybox, secrets: [{secret: mial, key: a}]}"))
                .file("secrets/api.yaml", sealed("api", "strip: x"))
                .file("secrets/mail.yaml", sealed("mail", "a: x"));

        assertThat(repo.problems())
                .containsExactly(
                        "apps/mail.yaml:4:43 spec.secrets[0].secret: there is no Secret mial, did"
                                + " you mean mail? [E-REFERENCE]",
                        "apps/shop.yaml:4:51 spec.env.STRIPE.fromSecret: secret/api has no key"
                                + " stripe, did you mean strip? [E-REFERENCE]");
        assertThat(repo.known().held())
                .containsExactlyInAnyOrder(ResourceId.app("shop"), ResourceId.app("mail"));
    }

    @Test
    void load_mistakeInAWhollySealedApp_quotesNothing() {
        repo.file(
                "apps/shop.yaml",
                Sealing.whole(
                        Repo.app(
                                "shop",
                                """

                                  image: busybox
                                  port: t0psecret
                                  rollout: {strategy: t0psecret, drain: t0psecret}
                                  suspend: t0psecret\
                                """),
                        keys));

        List<String> problems = repo.problems();

        assertThat(problems).hasSize(4).allMatch(p -> p.contains("got an encrypted value"));
        assertThat(problems.toString()).doesNotContain("t0p");
    }

    @Test
    void load_sealedCommand_isRefusedBecauseItWouldBeShown() {
        repo.file(
                "apps/shop.yaml",
                Sealing.whole(
                        Repo.app("shop", "\n  image: busybox\n  command: serve --token t0psecret"),
                        keys));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.command: an encrypted value can't be used here")
                .doesNotContain("t0p");
    }

    // ---- what can't be opened

    @Test
    void load_noIdentityOpensIt_saysWhereAndForWhomAndTheLastGoodCounts() throws Exception {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file("secrets/api.yaml", sealed("api", "stripe: one"));
        SecretUse before = Objects.requireNonNull(shop().secretVariables().get("STRIPE"));
        AgeKeys others = Sealing.newKeys();
        repo.file("secrets/api.yaml", Sealing.sealed(secret("api", "stripe: two"), others));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .startsWith("secrets/api.yaml:")
                .contains(others.recipients().getFirst().text())
                .contains(keys.recipients().getFirst().text())
                .endsWith("[E-SECRET]");
        assertThat(shop().secretVariables()).containsEntry("STRIPE", before);
        assertThat(value(before)).isEqualTo("one");
        assertThat(repo.known().held()).isEmpty();
    }

    @Test
    void load_notEvenTheLastGoodCanBeOpened_whatIsKeptCounts() throws Exception {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file("secrets/api.yaml", sealed("api", "stripe: one"));
        SecretUse before = Objects.requireNonNull(shop().secretVariables().get("STRIPE"));
        repo.keys = AgeKeys.none();
        repo.restart();

        DesiredState.Known known = repo.known();

        assertThat(known.problems()).hasSize(1);
        assertThat(known.held()).containsExactly(API);
        assertThat(shop().secretVariables()).containsEntry("STRIPE", before);
        assertThat(value(before)).isEqualTo("one");
    }

    @Test
    void load_neverOpened_itsUsersWait() {
        repo.keys = AgeKeys.none();
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file("secrets/api.yaml", sealed("api", "stripe: one"));

        DesiredState.Known known = repo.known();

        assertThat(known.held()).containsExactlyInAnyOrder(API, ResourceId.app("shop"));
        assertThat(known.waiting())
                .containsEntry(ResourceId.app("shop"), "waits for a right document of secret/api");
    }

    @Test
    void load_whollySealedAppCannotBeOpenedAnyMore_nothingIsRemoved() {
        repo.file("apps/shop.yaml", Sealing.whole(Repo.app("shop", "\n  image: busybox"), keys))
                .file("apps/mail.yaml", Repo.app("mail", "{image: busybox}"));
        assertThat(repo.known().apps()).hasSize(2);
        repo.keys = AgeKeys.none();
        repo.restart();

        DesiredState.Known known = repo.known();

        assertThat(known.pruneHold()).contains("apps/shop.yaml");
        assertThat(known.problems()).singleElement().asString().endsWith("[E-SECRET]");
    }

    /** It can't be seen that a Secret is in it. */
    @Test
    void load_whollySealedSecretCannotBeOpenedAnyMore_itsValuesAreKept() throws Exception {
        repo.file("apps/shop.yaml", Repo.app("shop", USES_STRIPE))
                .file("secrets/api.yaml", Sealing.whole(secret("api", "stripe: one"), keys));
        SecretUse before = Objects.requireNonNull(shop().secretVariables().get("STRIPE"));
        repo.keys = AgeKeys.none();
        repo.restart();

        assertThat(repo.known().pruneHold()).contains("secrets/api.yaml");
        assertThat(repo.vault.all()).containsOnlyKeys(before.ref());
        assertThat(shop().secretVariables()).containsEntry("STRIPE", before);
        assertThat(value(before)).isEqualTo("one");
    }

    @Test
    void load_tampered_isAProblem() {
        String text = sealed("api", "stripe: one\nother: two");
        String mail = sealed("mail", "x: y");
        repo.file("secrets/api.yaml", text.replaceFirst("mac: ENC\\[[^]]*]", macOf(mail)));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("sops.mac: the MAC or lastmodified was changed");
    }

    private static String macOf(String sealed) {
        return sealed.lines().filter(l -> l.contains("mac:")).findFirst().orElseThrow().strip();
    }

    @Test
    void load_sealedFileOfAnotherToolInAnAppsDirectory_isItsOwnBusiness() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {path: code}}"))
                .file("code/Dockerfile", "FROM scratch\n")
                .file(
                        "code/deploy/other.yaml",
                        Sealing.whole("apiVersion: v1\nkind: ConfigMap\nstuff:\n  a: b\n", keys));

        assertThat(repo.problems()).isEmpty();
    }
}
