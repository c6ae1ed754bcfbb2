package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ReleaseFieldTest {
    private final Repo repo = Repo.withInstance();

    private DesiredApp app(String spec) {
        return repo.file("shop.yaml", Repo.app("shop", spec)).app("shop");
    }

    @Test
    void load_release_isTheWebProcessWithAnotherCommandAndNoPort() {
        DesiredApp app =
                app(
                        "{image: x, processes: {web: {port: 80}, a: {}}, env: {A: b},"
                                + " volumes: [{name: v, path: /v}], release: {command: [migrate], timeout: 5m}}");

        DesiredCommand release = Objects.requireNonNull(app.release());
        assertThat(release.timeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(release.template().command()).containsExactly("migrate");
        assertThat(release.template().port()).isNull();
        assertThat(release.template().env()).containsEntry("A", "b").containsEntry("PORT", "80");
        assertThat(release.template().mounts()).containsKey("/v");
    }

    @Test
    void load_commandChanged_isAnotherGenerationOfTheSameContainers() {
        DesiredApp before = app("{image: x, release: {command: migrate}}");
        DesiredApp after = app("{image: x, release: {command: migrate all}}");

        assertThat(after.generation()).isNotEqualTo(before.generation());
        assertThat(after.workload()).isEqualTo(before.workload());
    }

    @Test
    void load_releaseOfFiles_isAProblem() {
        repo.file("site/index.html", "x")
                .file(
                        "shop.yaml",
                        Repo.app("shop", "{static: {path: site}, release: {command: x}}"));

        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("can't be beside spec.static");
    }
}
