package dev.berth.reconciler.build.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.build.version.Accepted;
import dev.berth.reconciler.build.version.Accepted.Dialect;
import org.junit.jupiter.api.Test;

class CatalogTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    @Test
    void preferred_ofDefaults_isTheFirstLine() {
        Catalog.Images images = CatalogFile.defaults().preferred("node");
        assertThat(images.line()).isEqualTo("24");
        assertThat(images.build()).isEqualTo("node:24-bookworm-slim");
    }

    @Test
    void accepted_noLineFits_isNull() {
        assertThat(CatalogFile.defaults().accepted("node", new Accepted("0.10", Dialect.NPM, "x")))
                .isNull();
    }

    @Test
    void lines_ofDefaults_areInOrderOfNumbers() {
        assertThat(CatalogFile.defaults().lines("python"))
                .containsExactly("3.9", "3.10", "3.11", "3.12", "3.13", "3.14");
    }

    @Test
    void accepted_lineWithImagesApart_hasThose() {
        Catalog.Images older =
                CatalogFile.defaults().accepted("elixir", new Accepted("1.16", Dialect.NPM, "x"));
        assertThat(older)
                .isEqualTo(
                        new Catalog.Images(
                                "1.16", "elixir:1.16-otp-26", "elixir:1.16-otp-26-slim"));
        assertThat(CatalogFile.defaults().preferred("elixir").build()).endsWith("-otp-27");
    }

    @Test
    void with_mirrorOfOneLanguage_keepsTheOthers() {
        Catalog mirror =
                CatalogFile.parse(
                        """
                        {"languages": {"node": {"lines": ["22"], "build": "mirror.local/node:{line}",
                            "run": "mirror.local/node:{line}-slim"}}, "tools": {"pnpm": "9"}}
                        """);
        Catalog both = CatalogFile.defaults().with(mirror);
        assertThat(both.preferred("node").run()).isEqualTo("mirror.local/node:22-slim");
        assertThat(both.tool("pnpm")).isEqualTo("9");
        assertThat(both.preferred("go")).isEqualTo(CatalogFile.defaults().preferred("go"));
    }

    @Test
    void preferred_digestKnown_isPinned() {
        Catalog pinned =
                CatalogFile.defaults()
                        .with(
                                CatalogFile.parse(
                                        "{\"digests\": {\"node:24-bookworm-slim\": \"%s\"}}"
                                                .formatted(DIGEST)));
        assertThat(pinned.preferred("node").build()).isEqualTo("node:24-bookworm-slim@" + DIGEST);
    }

    @Test
    void parse_wrongShape_saysWhere() {
        assertThatThrownBy(() -> CatalogFile.parse("nope"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not JSON");
        assertThatThrownBy(
                        () ->
                                CatalogFile.parse(
                                        "{\"languages\": {\"node\": {\"lines\": [\"1\"], \"build\": 3}}}"))
                .hasMessage("languages.node.build of the image catalog must be an image name");
        assertThatThrownBy(
                        () ->
                                CatalogFile.parse(
                                        "{\"languages\": {\"node\": {\"build\": \"a\", \"run\": \"b\"}}}"))
                .hasMessageContaining("at least one version");
        assertThatThrownBy(
                        () ->
                                CatalogFile.parse(
                                        """
                                        {"languages": {"node": {"lines": ["1"], "build": "a", "run": "b",
                                            "apart": {"1": {"build": "c"}}}}}
                                        """))
                .hasMessage(
                        "languages.node.apart.1.run of the image catalog must be an image name");
        assertThatThrownBy(() -> CatalogFile.parse("{\"digests\": {\"node\": \"sha256:12\"}}"))
                .hasMessageContaining("the digest of node");
    }
}
