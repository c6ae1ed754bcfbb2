package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class JobTest {
    private final Repo repo = Repo.withInstance();

    private static String job(String spec) {
        return "apiVersion: berth/v1\nkind: Job\nmetadata: {name: import}\nspec: %s\n"
                .formatted(spec);
    }

    private DesiredJob load(String spec) {
        repo.file("job.yaml", job(spec));
        return Objects.requireNonNull(
                repo.known().jobs().get(new ResourceId(Kind.Job, "import")), "import");
    }

    @Test
    void load_likeAnApp_hasItsImageEnvironmentVolumesAndNetwork() {
        repo.file(
                "shop.yaml",
                Repo.app(
                        "shop",
                        "{image: shop, port: 80, env: {A: b}, volumes: [{name: v, path: /v}]}"));

        DesiredJob job = load("{app: shop, command: [import], env: {C: d}, timeout: 5m}");

        assertThat(job.networkOf()).isEqualTo(ResourceId.app("shop"));
        assertThat(job.image().reference()).isEqualTo("shop");
        assertThat(job.command().timeout()).isEqualTo(Duration.ofMinutes(5));
        ContainerTemplate template = job.command().template();
        assertThat(template.command()).containsExactly("import");
        assertThat(template.port()).isNull();
        assertThat(template.env()).containsEntry("A", "b").containsEntry("C", "d");
        assertThat(template.mounts()).containsOnlyKeys("/v");
    }

    @Test
    void load_variableThatIsASecretOfItsApp_isAsTheJobSays() {
        SecretUse use = new SecretUse("api", "token", "v1:0");
        ContainerTemplate app =
                new ContainerTemplate.Draft("shop")
                        .port(80, Backend.Protocol.Http1)
                        .secrets(
                                new TreeMap<>(Map.of("TOKEN", use, "KEY", use)),
                                new TreeMap<>(Map.of("/run/secrets/token", use)))
                        .make();

        ContainerTemplate job =
                app.running(List.of("import"), app.environment().with(Map.of("TOKEN", "none")));

        assertThat(job.env()).containsEntry("TOKEN", "none");
        assertThat(job.secretVariables()).containsOnlyKeys("KEY");
        assertThat(job.filesOfSecrets()).isEqualTo(app.filesOfSecrets());
    }

    @Test
    void load_newReleaseOfItsApp_isTheSameJob() {
        repo.file("shop.yaml", Repo.app("shop", "{image: 'shop:1'}"));
        DesiredJob before = load("{app: shop, command: import}");
        repo.file("shop.yaml", Repo.app("shop", "{image: 'shop:2'}"));

        DesiredJob after = load("{app: shop, command: import}");

        assertThat(after.run()).isEqualTo(before.run());
        assertThat(load("{app: shop, command: other}").run()).isNotEqualTo(before.run());
    }

    @Test
    void load_image_hasANetworkOfItsOwn() {
        DesiredJob job = load("{image: tools}");

        assertThat(job.networkOf()).isEqualTo(job.id());
        assertThat(job.command().template().command()).isNull();
        assertThat(job.command().timeout()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void load_appUnknown_isAProblemAndTheJobIsHeld() {
        repo.file("job.yaml", job("{app: shop, command: x}"));

        assertThat(repo.problems())
                .containsExactly("job.yaml:4:13 spec.app: there is no app shop [E-REFERENCE]");
        assertThat(repo.known().held()).containsExactly(new ResourceId(Kind.Job, "import"));
    }

    @Test
    void load_appHasAMistake_theJobWaitsAndIsHeld() {
        repo.file("shop.yaml", Repo.app("shop", "{image: 7}"));
        repo.file("job.yaml", job("{app: shop, command: x}"));

        assertThat(repo.problems()).singleElement().asString().startsWith("shop.yaml");
        assertThat(repo.known().held()).contains(new ResourceId(Kind.Job, "import"));
    }

    @Test
    void load_appWithoutACommand_isAProblem() {
        repo.file("shop.yaml", Repo.app("shop", "{image: x}"));
        repo.file("job.yaml", job("{app: shop}"));

        assertThat(repo.problems()).singleElement().asString().contains("add spec.command");
    }

    @Test
    void load_appOfFiles_isAProblem() {
        repo.file("site/index.html", "x")
                .file("shop.yaml", Repo.app("shop", "{static: {path: site}}"));
        repo.file("job.yaml", job("{app: shop, command: x}"));

        assertThat(repo.problems()).singleElement().asString().contains("has no image to run");
    }
}
