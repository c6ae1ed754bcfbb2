package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.edge.Backend;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How a change of what is secret reads in a plan. */
final class SecretDiffTest {
    private static final SecretUse ONE = new SecretUse("api", "stripe", "v1:1111");
    private static final SecretUse TWO = new SecretUse("api", "stripe", "v1:2222");
    private static final SecretUse OTHER = new SecretUse("api", "other", "v1:1111");

    private static ContainerTemplate template(
            Map<String, String> env,
            Map<String, SecretUse> variables,
            Map<String, SecretUse> files) {
        return new ContainerTemplate.Draft("shop:1")
                .env(new TreeMap<>(env))
                .port(null, Backend.Protocol.H2c)
                .secrets(new TreeMap<>(variables), new TreeMap<>(files))
                .make();
    }

    private static List<String> between(ContainerTemplate from, ContainerTemplate to) {
        assertThat(from.hash()).isNotEqualTo(to.hash());
        return TemplateDiff.between(from, to).stream().map(Reason::text).toList();
    }

    @Test
    void between_otherVersions_namesSecretAndPlace() {
        assertThat(
                        between(
                                template(
                                        Map.of(),
                                        Map.of("A", ONE, "B", OTHER),
                                        Map.of("/run/secrets/a", ONE)),
                                template(
                                        Map.of(),
                                        Map.of("A", TWO, "B", OTHER),
                                        Map.of("/run/secrets/a", TWO))))
                .containsExactly(
                        "secret changed: api.stripe (env.A)",
                        "secret changed: api.stripe (/run/secrets/a)");
    }

    @Test
    void between_otherReference_isAChangeOfTheVariableOrFile() {
        assertThat(
                        between(
                                template(Map.of(), Map.of("A", ONE), Map.of("/run/secrets/a", ONE)),
                                template(
                                        Map.of(),
                                        Map.of("A", OTHER),
                                        Map.of("/run/secrets/a", OTHER))))
                .containsExactly(
                        "env.A changed", "secrets./run/secrets/a changed: api.stripe -> api.other");
    }

    @Test
    void between_textAndSecret_isOneChangeOfTheVariable() {
        assertThat(
                        between(
                                template(Map.of("A", "plain"), Map.of(), Map.of()),
                                template(Map.of(), Map.of("A", ONE), Map.of())))
                .containsExactly("env.A changed");
    }

    @Test
    void between_addedAndRemoved_saysSo() {
        assertThat(
                        between(
                                template(Map.of(), Map.of("OLD", ONE), Map.of()),
                                template(
                                        Map.of(),
                                        Map.of("NEW", ONE),
                                        Map.of("/run/secrets/a", ONE))))
                .containsExactly(
                        "env.NEW added",
                        "env.OLD removed",
                        "secrets./run/secrets/a changed: (none) -> api.stripe");
    }
}
