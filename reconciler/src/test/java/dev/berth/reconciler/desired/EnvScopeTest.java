package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.secret.SecretRef;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Variables that are there while source is built, and limits of builds. */
final class EnvScopeTest {
    private static final String SECRET =
            """
            apiVersion: berth/v1
            kind: Secret
            metadata:
              name: npm
            data:
              token: VALUE
            """;
    private static final String PACKAGE =
            """
            {"scripts": {"start": "node server.js", "build": "tsc"},
             "dependencies": {"express": "^5.0.0"}}
            """;

    private final AgeKeys keys = Sealing.newKeys();
    private final Repo repo = Repo.withInstance();

    EnvScopeTest() {
        repo.keys = keys;
        repo.file("code/Dockerfile", "FROM scratch\n")
                .file("web/package.json", PACKAGE)
                .file("web/package-lock.json", "{}")
                .file("web/server.js", "1");
        token("s3cret-1");
    }

    private void token(String value) {
        repo.file("npm.yaml", Sealing.sealed(SECRET.replace("VALUE", value), keys));
    }

    private EnvScopeTest shop(String spec) {
        repo.file("shop.yaml", Repo.app("shop", spec));
        return this;
    }

    private ImageSource.Built built() {
        return (ImageSource.Built) containers().image();
    }

    private Workload.Containers containers() {
        return (Workload.Containers) repo.app("shop").workload();
    }

    private ContainerTemplate template() {
        return containers().main().template();
    }

    private static String group(String name, String env) {
        return "apiVersion: berth/v1\nkind: EnvGroup\nmetadata: {name: %s}\nspec: {env: %s}\n"
                .formatted(name, env);
    }

    @Test
    void load_scopes_areWhereTheySay() {
        shop(
                "{source: {path: code}, port: 80, env: {A: {value: 1, at: all}, B: {value: 2, at:"
                        + " build}, C: {value: 3}, D: 4, T: {fromSecret: npm.token, at: build}, U:"
                        + " {fromSecret: npm.token, at: all}}}");

        assertThat(built().args()).containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
        assertThat(built().secrets()).containsOnlyKeys("T", "U");
        assertThat(template().env())
                .containsEntry("A", "1")
                .containsEntry("C", "3")
                .containsEntry("D", "4")
                .doesNotContainKeys("B", "T", "U");
        assertThat(template().secretVariables()).containsOnlyKeys("U");
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_groups_giveToBuildsTooAndLaterEntriesStandInPlaceOfEarlierOnes() {
        repo.file("g.yaml", group("one", "{A: {value: 1, at: build}, B: {value: 1, at: all}}"))
                .file(
                        "h.yaml",
                        group(
                                "two",
                                "{B: 2, C: {value: 2, at: build}, PORT: {value: 9, at: build}}"));
        shop(
                "{source: {path: code}, port: 80, envFrom: [one, two], env: {C: {value: 3, at: all}}}");

        assertThat(built().args())
                .containsExactly(Map.entry("A", "1"), Map.entry("C", "3"), Map.entry("PORT", "9"));
        assertThat(template().env())
                .containsEntry("B", "2")
                .containsEntry("C", "3")
                .containsEntry("PORT", "80")
                .doesNotContainKey("A");
    }

    @Test
    void load_buildArgs_winOverBoth() {
        shop(
                "{source: {path: code}, build: {args: {A: own, T: own}}, env: {A: {value: 1, at:"
                        + " all}, T: {fromSecret: npm.token, at: build}}}");

        assertThat(built().args()).containsExactly(Map.entry("A", "own"), Map.entry("T", "own"));
        assertThat(built().secrets()).isEmpty();
    }

    @Test
    void load_sealedInAMapping_isASecret() {
        repo.file(
                "shop.yaml",
                Sealing.whole(
                        """
                        apiVersion: berth/v1
                        kind: App
                        metadata:
                          name: shop
                        spec:
                          source:
                            path: code
                          env:
                            T:
                              value: s3cret-2
                              at: build
                        """,
                        keys));

        assertThat(built().args()).isEmpty();
        assertThat(built().secrets()).containsOnlyKeys("T");
        assertThat(
                        Objects.requireNonNull(repo.vault.held(new SecretRef("app/shop", "T")), "T")
                                .text())
                .isEqualTo("s3cret-2");
    }

    @Test
    void load_secretOfTheBuildChanged_isAnotherImageAndNamesNoValue() {
        shop("{source: {path: code}, env: {T: {fromSecret: npm.token, at: build}}}");
        ImageSource.Built first = built();
        token("s3cret-2");
        ImageSource.Built second = built();

        assertThat(second.reference()).isNotEqualTo(first.reference());
        assertThat(first.toString() + second).doesNotContain("s3cret");
        token("s3cret-1");
        assertThat(built().reference()).isEqualTo(first.reference());
    }

    @Test
    void load_secretOfTheContainers_isTheSameImage() {
        shop("{source: {path: code}, env: {T: {fromSecret: npm.token}}}");
        String first = built().reference();
        token("s3cret-2");

        assertThat(built().reference()).isEqualTo(first);
    }

    @Test
    void load_recognisedCode_isBuiltWithBoth() {
        repo.file("g.yaml", group("common", "{NPM_TOKEN: {fromSecret: npm.token, at: build}}"));
        shop(
                "{source: {path: web}, envFrom: [common], env: {PUBLIC_API: {value: x, at: build},"
                        + " LOG: info}}");

        assertThat(((Recipe.Written) built().recipe()).dockerfile())
                .containsSubsequence(
                        "--mount=type=secret,id=NPM_TOKEN,required=true export"
                                + " NPM_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\" && npm ci",
                        "ARG PUBLIC_API\n",
                        "export NPM_TOKEN=\"$(cat /run/secrets/NPM_TOKEN)\" && npm run build")
                .doesNotContain("LOG", "ARG NPM_TOKEN");
        String before = built().reference();
        repo.file("g.yaml", group("common", "{}"));
        assertThat(built().reference()).isNotEqualTo(before);
        assertThat(((Recipe.Written) built().recipe()).dockerfile()).doesNotContain("NPM_TOKEN");
    }

    @Test
    void load_atBuildWithoutSource_isAProblemWithItsPlace() {
        shop(
                "\n  image: x\n  env:\n    A: 1\n    B: {value: 1, at: build}\n    C: {value: 1, at: all}");

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .startsWith("shop.yaml:8:23 spec.env.B.at: nothing is built for an app without");
    }

    @Test
    void load_wrongMappings_areProblems() {
        shop(
                "{source: {path: code}, env: {A: {at: build}, B: {value: 1, fromSecret: npm.token},"
                        + " C: {value: [1]}, D: {value: 1, at: sometimes}}}");

        assertThat(repo.problems())
                .anyMatch(p -> p.contains("spec.env.A: one of"))
                .anyMatch(p -> p.contains("spec.env.B.fromSecret: can't be beside"))
                .anyMatch(p -> p.contains("spec.env.C.value: expected text"))
                .anyMatch(p -> p.contains("spec.env.D.at: expected"));
    }

    @Test
    void load_variablesOfTheInstance_areInValuesOfMappings() {
        repo.file("berth.yaml", Repo.INSTANCE.replace("spec: {}", "spec: {variables: {ZONE: eu}}"));
        shop("{source: {path: code}, env: {A: {value: '${ZONE}-1', at: build}}}");

        assertThat(built().args()).containsExactly(Map.entry("A", "eu-1"));
    }

    @Test
    void load_limits_areThoseOfTheInstanceUnlessTheAppHasItsOwn() {
        shop("{source: {path: code}}");
        assertThat(built().limits()).isEqualTo(BuildLimits.USUAL);
        String before = built().reference();
        repo.file(
                "berth.yaml",
                Repo.INSTANCE.replace(
                        "spec: {}",
                        "spec: {builds: {concurrency: 4, timeout: 1h, memory: 2Gi, cpus: 1.5}}"));
        assertThat(built().limits())
                .isEqualTo(new BuildLimits(Duration.ofHours(1), 2L << 30, 1500));
        assertThat(repo.known().settings().builds().concurrency()).isEqualTo(4);
        shop("{source: {path: code}, build: {memory: 512Mi}}");
        assertThat(built().limits())
                .isEqualTo(new BuildLimits(Duration.ofHours(1), 512L << 20, 1500));
        assertThat(built().reference()).isEqualTo(before);
        shop("{source: {path: code}, build: {unlimited: true}}");
        assertThat(built().limits()).isEqualTo(BuildLimits.within(Duration.ofHours(1)));
        shop("{source: {path: code}, build: {unlimited: true, cpus: 2}}");
        assertThat(built().limits()).isEqualTo(new BuildLimits(Duration.ofHours(1), 0, 2000));
        assertThat(built().reference()).isEqualTo(before);
    }
}
