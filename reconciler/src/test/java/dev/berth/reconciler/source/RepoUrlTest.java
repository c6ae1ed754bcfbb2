package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.source.RepoUrl.InvalidRepoUrlException;
import dev.berth.reconciler.source.RepoUrl.Scheme;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RepoUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://example.com/acme/shop, HTTPS, https://example.com/acme/shop",
        "https://example.com:8443/shop.git/, HTTPS, https://example.com:8443/shop.git",
        "http://127.0.0.1:80/x, HTTP, http://127.0.0.1:80/x",
        "https://ada:s3cret@example.com/x, HTTPS, https://example.com/x",
        "https://t0ken@example.com/x, HTTPS, https://example.com/x",
        "ssh://git@example.com/acme/shop, SSH, ssh://git@example.com/acme/shop",
        "ssh://git:s3cret@example.com:22/x, SSH, ssh://git@example.com:22/x",
        "git@example.com:acme/shop.git, SSH, git@example.com:acme/shop.git",
        "file:///srv/config.git, LOCAL, file:///srv/config.git",
        "/srv/config.git/, LOCAL, /srv/config.git"
    })
    void parse_usualForms_areReadWithoutSecrets(String text, Scheme scheme, String shown)
            throws InvalidRepoUrlException {
        RepoUrl url = RepoUrl.parse(text);
        assertThat(url.scheme()).isEqualTo(scheme);
        assertThat(url.shown()).isEqualTo(shown);
        assertThat(url.toString()).doesNotContain("s3cret").doesNotContain("t0ken");
        assertThat(String.valueOf(url.login())).doesNotContain("s3cret").doesNotContain("t0ken");
        assertThat(RepoUrl.parse(shown).directoryName()).isEqualTo(url.directoryName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "shop",
                "./shop",
                "../shop",
                " https://example.com/x",
                "--upload-pack=touch /x",
                "git://example.com/x",
                "ftp://example.com/x",
                "ext::sh -c true",
                "https:///x",
                "https://example.com",
                "https://example.com/",
                "https://ada:s3cret@exa mple.com/x\n",
                "file://"
            })
    void parse_anythingElse_isRefusedWithTheFormsThatWork(String text) {
        assertThatThrownBy(() -> RepoUrl.parse(text))
                .isInstanceOf(InvalidRepoUrlException.class)
                .hasMessageContaining("https://host/path")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void localDirectory_fileUrlWithEscapes_isThePath() throws InvalidRepoUrlException {
        assertThat(RepoUrl.parse("file:///srv/my%20config.git").localDirectory())
                .isEqualTo(Path.of("/srv/my config.git"));
        assertThat(RepoUrl.parse("/srv/my config.git").localDirectory())
                .isEqualTo(Path.of("/srv/my config.git"));
        assertThat(RepoUrl.parse("https://example.com/x").localDirectory()).isNull();
    }

    @Test
    void host_remoteUrl_isWithoutPort() throws InvalidRepoUrlException {
        assertThat(RepoUrl.parse("https://Example.com:8443/x").host()).isEqualTo("Example.com");
        assertThat(RepoUrl.parse("git@example.com:x").host()).isEqualTo("example.com");
        assertThat(RepoUrl.parse("/x").host()).isNull();
    }
}
