package dev.berth.reconciler.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.Instance.ForgeType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RepoAddressTest {
    @ParameterizedTest
    @CsvSource({
        "GITHUB, https://github.com/Acme/Shop.git, github.com/acme/shop",
        "GITHUB, https://user:pass@github.com:443/acme/shop/, github.com/acme/shop",
        "GITHUB, git@github.com:acme/shop.git, github.com/acme/shop",
        "GITHUB, ssh://git@GitHub.com:22/acme/shop, github.com/acme/shop",
        "GITHUB, ssh://git@ssh.github.com:443/acme/shop.git, github.com/acme/shop",
        "GITLAB, ssh://git@altssh.gitlab.com:443/a/b/shop.git, gitlab.com/a/b/shop",
        "BITBUCKET, git@altssh.bitbucket.org:acme/shop.git, bitbucket.org/acme/shop",
        "GITEA, https://git_tea:3000/acme/my%20shop, git_tea:3000/acme/my shop",
        "GITEA, 'ssh://git@[fd00::1]:22/acme/shop', '[fd00::1]/acme/shop'",
        "GITEA, https://git.example.com/acme/shop.GIT, git.example.com/acme/shop",
        "GITEA, http://git.example.com:3000/acme/shop, git.example.com:3000/acme/shop",
        "GITEA, http://git.example.com:80/acme/shop, git.example.com/acme/shop",
        "GITEA, https://git.example.com/git/acme/shop, git.example.com/git/acme/shop",
        "GITLAB, git@gitlab.com:a/b/c/shop.git, gitlab.com/a/b/c/shop",
        "BITBUCKET_SERVER, https://bb.example.com/scm/ACME/shop.git, bb.example.com/acme/shop",
        "BITBUCKET_SERVER, ssh://git@bb.example.com:7999/acme/shop.git, bb.example.com/acme/shop",
        "AZURE, https://me@dev.azure.com/acme/web/_git/shop, dev.azure.com/acme/web/_git/shop",
        "AZURE, https://dev.azure.com/acme/_git/shop, dev.azure.com/acme/shop/_git/shop",
        "AZURE, git@ssh.dev.azure.com:v3/acme/web/shop, dev.azure.com/acme/web/_git/shop",
        "AZURE, https://acme.visualstudio.com/DefaultCollection/web/_git/shop, dev.azure.com/acme/web/_git/shop",
        "AZURE, https://acme.visualstudio.com/_git/shop, dev.azure.com/acme/shop/_git/shop",
        "AZURE, https://tfs.example.com/tfs/web/_git/shop, tfs.example.com/tfs/web/_git/shop"
    })
    void of_anyForm_isOne(ForgeType type, String url, String address) {
        assertThat(RepoAddress.of(url, type)).hasToString(address);
    }

    @Test
    void of_noUrlOfARemoteRepo_isNone() {
        for (String url :
                new String[] {"", "/srv/git/shop", "file:///srv/shop", "https://", "x y"}) {
            assertThat(RepoAddress.of(url, ForgeType.GITHUB)).as(url).isNull();
        }
    }
}
