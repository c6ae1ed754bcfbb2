package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Variables that several share: who wins, and what a mistake in them costs. */
final class EnvGroupTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId COMMON = new ResourceId(Kind.EnvGroup, "common");

    private final AgeKeys keys = Sealing.newKeys();
    private final Repo repo = Repo.withInstance();

    EnvGroupTest() {
        repo.keys = keys;
    }

    private static String group(String name, String env) {
        return "apiVersion: berth/v1\nkind: EnvGroup\nmetadata: {name: %s}\nspec: {env: %s}\n"
                .formatted(name, env);
    }

    private ContainerTemplate template(String app) {
        return ((Workload.Containers) repo.app(app).workload()).main().template();
    }

    private DesiredJob job(DesiredState.Known state) {
        return Objects.requireNonNull(
                state.jobs().get(new ResourceId(Kind.Job, "import")), "import");
    }

    // ---- who wins

    @Test
    void load_sameVariableEverywhere_appWinsOverLaterGroupOverEarlierOverInjected() {
        repo.file("g.yaml", group("one", "{A: 1, B: 1, C: 1, PORT: 1, HOST: one}"))
                .file("h.yaml", group("two", "{A: 2, B: 2, HOST: two}"))
                .file(
                        "shop.yaml",
                        Repo.app("shop", "{image: x, port: 80, envFrom: [one, two], env: {A: 3}}"));

        assertThat(template("shop").env())
                .containsEntry("A", "3")
                .containsEntry("B", "2")
                .containsEntry("C", "1")
                .containsEntry("HOST", "two")
                .containsEntry("PORT", "1")
                .containsEntry("BERTH_APP", "shop");
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_orderOfGroupsTurned_theOtherWins() {
        repo.file("g.yaml", group("one", "{A: 1}"))
                .file("h.yaml", group("two", "{A: 2}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [two, one]}"));

        assertThat(template("shop").env()).containsEntry("A", "1");
    }

    @Test
    void load_secretOfAGroup_isHiddenByTextOfTheAppAndHidesInjectedOnes() throws Exception {
        repo.file(
                        "s.yaml",
                        Sealing.sealed(
                                """
                                apiVersion: berth/v1
                                kind: Secret
                                metadata:
                                  name: api
                                data:
                                  k: sk_live_4242
                                """,
                                keys))
                .file(
                        "g.yaml",
                        group(
                                "common",
                                "{A: {fromSecret: api.k}, B: {fromSecret: api.k}, HOST: {fromSecret: api.k}}"))
                .file(
                        "shop.yaml",
                        Repo.app("shop", "{image: x, envFrom: [common], env: {A: plain}}"));

        ContainerTemplate template = template("shop");

        assertThat(template.env()).containsEntry("A", "plain").doesNotContainKeys("B", "HOST");
        assertThat(template.secretVariables()).containsOnlyKeys("B", "HOST");
        assertThat(
                        repo.vault
                                .value(Objects.requireNonNull(template.secretVariables().get("B")))
                                .text())
                .isEqualTo("sk_live_4242");
    }

    @Test
    void load_sealedTextInAGroup_isGivenAsASecret() throws Exception {
        repo.file(
                        "g.yaml",
                        Sealing.whole(
                                """
                                apiVersion: berth/v1
                                kind: EnvGroup
                                metadata:
                                  name: common
                                spec:
                                  env:
                                    TOKEN: hush
                                """,
                                keys))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"));

        ContainerTemplate template = template("shop");

        assertThat(repo.problems()).isEmpty();
        assertThat(template.env()).doesNotContainKey("TOKEN");
        assertThat(
                        repo.vault
                                .value(
                                        Objects.requireNonNull(
                                                template.secretVariables().get("TOKEN")))
                                .text())
                .isEqualTo("hush");
    }

    @Test
    void load_jobLikeAnApp_hasGroupsOverThoseOfTheAppAndItsOwnOverAll() {
        repo.file("g.yaml", group("one", "{A: 1, B: 1}"))
                .file("h.yaml", group("two", "{A: 2, C: 2}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [one], env: {D: app}}"))
                .file(
                        "job.yaml",
                        """
                        apiVersion: berth/v1
                        kind: Job
                        metadata: {name: import}
                        spec: {app: shop, command: x, envFrom: [two], env: {C: job}}
                        """);

        DesiredJob before = job(repo.known());

        assertThat(before.command().template().env())
                .containsEntry("A", "2")
                .containsEntry("B", "1")
                .containsEntry("C", "job")
                .containsEntry("D", "app");

        repo.file("h.yaml", group("two", "{A: 3, C: 2}"));
        // It ran, or will: other variables do not make it another job.
        assertThat(job(repo.known()).run()).isEqualTo(before.run());
    }

    @Test
    void load_jobOfAnImage_hasItsGroups() {
        repo.file("g.yaml", group("one", "{A: 1}"))
                .file(
                        "job.yaml",
                        """
                        apiVersion: berth/v1
                        kind: Job
                        metadata: {name: import}
                        spec: {image: x, envFrom: [one]}
                        """);

        assertThat(job(repo.known()).command().template().env()).containsEntry("A", "1");
    }

    @Test
    void load_changedGroup_changesItsUsersOnly() {
        repo.file("g.yaml", group("common", "{A: 1}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"))
                .file("blog.yaml", Repo.app("blog", "{image: x}"));
        DesiredState.Known before = repo.known();
        repo.file("g.yaml", group("common", "{A: 2}"));
        DesiredState.Known after = repo.known();

        assertThat(hash(after, "blog")).isEqualTo(hash(before, "blog"));
        assertThat(hash(after, "shop")).isNotEqualTo(hash(before, "shop"));
    }

    private static Object hash(DesiredState.Known state, String app) {
        return Objects.requireNonNull(state.apps().get(ResourceId.app(app))).generation();
    }

    // ---- fates

    @Test
    void load_missingGroup_isAProblemWithThePlaceAndANearMiss() {
        repo.file("g.yaml", group("common", "{A: 1}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [comon]}"));

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:4:28 spec.envFrom[0]: there is no EnvGroup comon, did you mean"
                                + " common? [E-REFERENCE]");
        assertThat(repo.known().held()).containsExactly(SHOP);
    }

    @Test
    void load_brokenGroup_keepsItsLastGoodVersionAndItsUsersFollowTheirOwn() {
        repo.file("g.yaml", group("common", "{A: 1}"))
                .file("shop.yaml", Repo.app("shop", "{image: 'x:1', envFrom: [common]}"));
        repo.known();
        repo.file("g.yaml", group("common", "{A: [2]}"))
                .file("shop.yaml", Repo.app("shop", "{image: 'x:2', envFrom: [common]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).isEmpty();
        assertThat(state.problems()).hasSize(1);
        assertThat(template("shop").image()).isEqualTo("x:2");
        assertThat(template("shop").env()).containsEntry("A", "1");
        repo.restart();
        assertThat(template("shop").env()).containsEntry("A", "1");
    }

    @Test
    void load_groupNeverRight_itsUsersWait() {
        repo.file("g.yaml", group("common", "{A: [2]}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"))
                .file("blog.yaml", Repo.app("blog", "{image: x}"));
        DesiredState.Known state = repo.known();

        assertThat(state.held()).containsExactlyInAnyOrder(SHOP, COMMON);
        assertThat(state.waiting())
                .containsEntry(SHOP, "waits for a right document of envgroup/common");
        assertThat(state.problems()).hasSize(1);
        assertThat(state.apps()).containsOnlyKeys(ResourceId.app("blog"));
    }

    @Test
    void load_groupGoneWhileAnAppStillNamesIt_bothStayAsTheyLastWere() {
        repo.file("g.yaml", group("common", "{A: 1}") + "---\n" + group("other", "{B: 1}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"));
        repo.known();
        repo.file("g.yaml", group("other", "{B: 2}"))
                .file("shop.yaml", Repo.app("shop", "{image: y, envFrom: [common]}"));
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();

            assertThat(state.held()).isEmpty();
            assertThat(template("shop").image()).isEqualTo("x");
            assertThat(template("shop").env()).containsEntry("A", "1");
            assertThat(state.problems())
                    .extracting(Problem::message)
                    .containsExactly("there is no EnvGroup common");
            repo.restart();
        }
        repo.file("shop.yaml", Repo.app("shop", "{image: y, envFrom: [other]}"));
        assertThat(template("shop").env()).containsEntry("B", "2").doesNotContainKey("A");
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_groupAndAppGoneFromOneFileWhileAnotherAppNeedsTheGroup_nothingComesBack() {
        repo.file(
                        "shared.yaml",
                        group("common", "{A: 1}")
                                + "---\n"
                                + Repo.app("gone", "{image: 'gone:1'}")
                                + "---\n"
                                + Repo.app("other", "{image: 'other:1'}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"));
        repo.known();
        repo.file("shared.yaml", Repo.app("other", "{image: 'other:2'}"))
                .file("shop.yaml", Repo.app("shop", "{image: [x], envFrom: [common]}"));
        // What the file no longer has stays as long as what is remembered of it is its old text.
        Set<ResourceId> apps = repo.known().apps().keySet();
        assertThat(apps).contains(ResourceId.app("gone"));
        assertThat(template("other").image()).isEqualTo("other:2");
        assertThat(template("shop").env()).containsEntry("A", "1");

        repo.file("new.yaml", "apiVersion: berth/v1\nkind: Apq\nmetadata: {\n");
        repo.restart();
        assertThat(repo.known().apps().keySet()).isEqualTo(apps);

        repo.without("new.yaml").file("shop.yaml", Repo.app("shop", "{image: y}"));
        assertThat(repo.known().apps()).containsOnlyKeys(SHOP, ResourceId.app("other"));
        repo.file("new.yaml", "apiVersion: berth/v1\nkind: Apq\nmetadata: {\n");
        assertThat(repo.known().apps()).containsOnlyKeys(SHOP, ResourceId.app("other"));
    }

    @Test
    void load_groupNamesAMissingSecret_isWrongItself() {
        repo.file("g.yaml", group("common", "{A: {fromSecret: api.k}}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "g.yaml:4:30 spec.env.A.fromSecret: there is no Secret api [E-REFERENCE]");
        assertThat(state.held()).containsExactlyInAnyOrder(SHOP, COMMON);
    }

    @Test
    void load_groupNamedTwice_isAProblem() {
        repo.file("g.yaml", group("common", "{A: 1}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, envFrom: [common, common]}"));

        assertThat(repo.problems())
                .isEqualTo(
                        List.of(
                                "shop.yaml:4:36 spec.envFrom[1]: common is already in this list"
                                        + " [E-VALUE]"));
    }
}
