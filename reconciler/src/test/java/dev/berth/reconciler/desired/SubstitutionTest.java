package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.schemas.config.ResourceId;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of variables in documents, and what a wrong one costs. */
final class SubstitutionTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    private final AgeKeys keys = Sealing.newKeys();
    private final Repo repo = new Repo();

    SubstitutionTest() {
        repo.keys = keys;
        variables("{VERSION: '1.4', ZONE: example.com, DOLLAR: '${VERSION}'}");
    }

    private void variables(String variables) {
        repo.file(
                "berth.yaml",
                "apiVersion: berth/v1\nkind: Instance\nmetadata: {name: home}\nspec: {variables: %s}\n"
                        .formatted(variables));
    }

    private void shop(String spec) {
        repo.file("shop.yaml", Repo.app("shop", spec));
    }

    private ContainerTemplate template() {
        return template(repo.known());
    }

    private static ContainerTemplate template(DesiredState.Known state) {
        DesiredApp app = Objects.requireNonNull(state.apps().get(SHOP), "shop");
        return ((Workload.Containers) app.workload()).main().template();
    }

    @Test
    void load_namesInMarkedFields_areReplaced() {
        shop(
                "{image: 'shop:${VERSION}', port: 80, domains: ['shop.${ZONE}'],"
                        + " env: {URL: 'https://${ZONE}/${VERSION}', N: 5}}");
        repo.file(
                "www.yaml",
                Repo.domain("www", "{host: 'www.${ZONE}', redirectTo: 'shop.${ZONE}'}"));

        DesiredState.Known state = repo.known();

        assertThat(state.problems()).isEmpty();
        assertThat(template(state).image()).isEqualTo("shop:1.4");
        assertThat(template(state).env())
                .containsEntry("URL", "https://example.com/1.4")
                .containsEntry("N", "5")
                .containsEntry("BERTH_URL", "http://shop.example.com");
        assertThat(state.routes())
                .extracting(DesiredRoute::host)
                .containsExactly("shop.example.com", "www.example.com");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a$$b | a$b",
                "$$${VERSION} | $1.4",
                "$${VERSION} | ${VERSION}",
                "$HOME/bin | $HOME/bin",
                "5$ | 5$",
                "$$ | $",
                "$2y$10$abc | $2y$10$abc",
                "${DOLLAR} | ${VERSION}",
                "${BERTH_INSTANCE}.${BERTH_DOMAIN} | home.localhost",
            })
    void load_text_becomes(String written, String meant) {
        shop("{image: x, env: {A: '%s'}}".formatted(written));

        assertThat(template().env()).containsEntry("A", meant);
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_otherFields_areLeftAlone() {
        shop("{image: x, command: 'echo ${NOPE} $$', healthcheck: {command: 'test ${NOPE}'}}");

        assertThat(repo.problems()).isEmpty();
        assertThat(template().command()).last().isEqualTo("echo ${NOPE} $$");
    }

    @Test
    void load_unknownName_isAProblemWithThePlaceAndANearMiss() {
        shop("{image: 'shop:${VERSOIN}', env: {A: '${nope'}}");

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:4:15 spec.image: spec.variables of the Instance has no"
                                + " VERSOIN (write $$ for a $), did you mean VERSION?"
                                + " [E-REFERENCE]",
                        "shop.yaml:4:43 spec.env.A: a ${ is not closed: add }, or write $$ for a $"
                                + " [E-REFERENCE]");
        assertThat(repo.known().held()).containsExactly(SHOP);
    }

    @Test
    void load_whatComesOutIsNoImage_isAProblemAtTheName() {
        variables("{VERSION: 'a b'}");
        shop("{image: 'shop:${VERSION}'}");

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:4:15 spec.image: expected an image reference such as"
                                + " ghcr.io/acme/shop:1.4.2, got \"shop:a b\" [E-VALUE]");
    }

    @Test
    void load_hostsThatBecomeOne_areAConflict() {
        shop("{image: x, port: 1, domains: ['a.${ZONE}', a.example.com]}");

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:4:50 spec.domains[1]: a.example.com is already in this list"
                                + " [E-VALUE]");
    }

    @Test
    void load_encryptedValue_isLeftAsItIs() throws Exception {
        repo.file(
                "shop.yaml",
                Sealing.whole(
                        Repo.app("shop", "\n  image: busybox\n  env:\n    T: 'a${NOPE}$$'"), keys));

        assertThat(repo.problems()).isEmpty();
        assertThat(
                        repo.vault
                                .value(
                                        Objects.requireNonNull(
                                                template().secretVariables().get("T")))
                                .text())
                .isEqualTo("a${NOPE}$$");
    }

    @Test
    void load_encryptedVariable_isRefused() {
        repo.file(
                "berth.yaml",
                Sealing.whole(
                        """
                        apiVersion: berth/v1
                        kind: Instance
                        metadata: {name: home}
                        spec:
                          variables: {TOKEN: t0psecret}
                        """,
                        keys));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("spec.variables.TOKEN: an encrypted value can't be a variable")
                .doesNotContain("t0psecret");
    }

    @Test
    void load_nameOfOurs_isNotTheirs() {
        variables("{BERTH_DOMAIN: x.y}");

        assertThat(repo.problems())
                .containsExactly(
                        "berth.yaml:4:20 spec.variables.BERTH_DOMAIN: expected a variable name of"
                                + " letters, digits and '_' that does not start with BERTH_, got"
                                + " \"BERTH_DOMAIN\" [E-VALUE]");
    }

    @Test
    void load_endlessText_isAProblem() {
        variables("{LONG: '%s'}".formatted("x".repeat(50_000)));
        shop("{image: x, env: {A: '${LONG}${LONG}${LONG}${LONG}'}}");

        assertThat(repo.problems()).singleElement().asString().contains("longer than");
    }

    // ---- fates

    @Test
    void load_variableChanged_changesItsUsersOnly() {
        shop("{image: 'shop:${VERSION}'}");
        repo.file("blog.yaml", Repo.app("blog", "{image: x, env: {Z: '${ZONE}'}}"));
        DesiredState.Known before = repo.known();
        variables("{VERSION: '1.5', ZONE: example.com}");
        DesiredState.Known after = repo.known();

        ResourceId blog = ResourceId.app("blog");
        assertThat(template(after).image()).isEqualTo("shop:1.5");
        assertThat(Objects.requireNonNull(after.apps().get(blog)).generation())
                .isEqualTo(Objects.requireNonNull(before.apps().get(blog)).generation());
    }

    @Test
    void load_unknownNameInAChange_theLastRightVersionCounts() {
        shop("{image: 'shop:${VERSION}'}");
        repo.file("www.yaml", Repo.domain("www", "{host: 'www.x', redirectTo: 'y.x'}"));
        repo.known();
        shop("{image: 'other:${NOPE}'}");
        DesiredState.Known state = repo.known();

        assertThat(template(state).image()).isEqualTo("shop:1.4");
        assertThat(state.held()).isEmpty();
        assertThat(state.routes()).hasSize(1);
    }

    @Test
    void load_variableRemoved_itsUsersKeepTheValueTheyHad() {
        shop("{image: 'shop:${VERSION}'}");
        repo.known();
        variables("{ZONE: other.example.com}");

        for (int i = 0; i < 3; i++) {
            DesiredState.Known state = repo.known();
            assertThat(state.problems()).hasSize(1);
            assertThat(state.held()).isEmpty();
            assertThat(template(state).image()).isEqualTo("shop:1.4");
            repo.restart();
        }
    }

    @Test
    void load_domainToAnAppWithAnUnknownName_staysWithItsLastRightVersion() {
        shop("{image: 'x:${VERSION}', port: 80}");
        repo.file("www.yaml", Repo.domain("www", "{host: www.y, routes: [{app: shop}]}"));
        repo.known();
        shop("{image: 'x:${NOPE}', port: 80}");
        repo.file("www.yaml", Repo.domain("www", "{host: w.y, routes: [{app: shop}]}"));
        DesiredState.Known state = repo.known();

        assertThat(state.routes()).extracting(DesiredRoute::host).contains("w.y");
        assertThat(state.problems()).hasSize(1);
    }
}
