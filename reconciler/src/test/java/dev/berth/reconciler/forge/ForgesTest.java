package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.SettingsOf;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Forges} and {@link ForgeRepo}. */
final class ForgesTest {
    private static final EnvValue.FromSecret TOKEN = new EnvValue.FromSecret("forge.token");

    static Instance.Spec settings(Instance.Forge... forges) {
        return new SettingsOf().forges(forges).make();
    }

    private static Instance.Forge named(String host) {
        return new Instance.Forge(host, null, null, TOKEN, null, null);
    }

    @ParameterizedTest
    @CsvSource({
        "https://GitHub.com/acme/shop.git",
        "https://user:secret@github.com/Acme/Shop",
        "https://github.com:443/acme/shop/",
        "ssh://git@github.com/acme/shop.git",
        "ssh://git@github.com:2222/acme/shop",
        "ssh://git@ssh.github.com:443/acme/shop.git",
        "git@github.com:acme/shop.git"
    })
    void of_eachWayToWriteIt_isTheSameRepo(String url) throws Exception {
        ForgeRepo repo = ForgeRepo.of(RepoUrl.parse(url));

        assertThat(repo).isEqualTo(new ForgeRepo("github.com", "acme/shop"));
        assertThat(repo).hasSameHashCodeAs(new ForgeRepo("github.com", "acme/shop"));
    }

    @Test
    void of_portOfTheWeb_isKept() throws Exception {
        assertThat(ForgeRepo.of(RepoUrl.parse("http://git.example.com:3000/acme/shop")))
                .isEqualTo(new ForgeRepo("git.example.com:3000", "acme/shop"));
    }

    @Test
    void of_onThisMachine_isNone() throws Exception {
        assertThat(ForgeRepo.of(RepoUrl.parse("file:///srv/shop.git"))).isNull();
        assertThat(ForgeRepo.of(RepoUrl.parse("/srv/shop.git"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "github.com, GITHUB, https://api.github.com",
        "acme.ghe.com, GITHUB, https://api.acme.ghe.com",
        "git.example.com, GITHUB, https://git.example.com/api/v3",
        "gitlab.com, GITLAB, https://gitlab.com/api/v4",
        "git.example.com:3000, FORGEJO, https://git.example.com:3000/api/v1"
    })
    void base_ofEachType_isWhereItsApiIs(String host, Instance.ForgeType type, String base) {
        assertThat(Forges.base(named(host), type)).isEqualTo(base);
    }

    @Test
    void base_named_isThat() {
        Instance.Forge forge =
                new Instance.Forge(
                        "git.example.com", null, "http://10.0.0.5/api/v1/", TOKEN, null, null);

        assertThat(Forges.base(forge, Instance.ForgeType.GITEA))
                .isEqualTo("http://10.0.0.5/api/v1");
    }

    @Test
    void of_underscoreInTheHost_isThereAllTheSame() throws Exception {
        assertThat(ForgeRepo.of(RepoUrl.parse("https://git_tea:3000/acme/shop")))
                .isEqualTo(new ForgeRepo("git_tea:3000", "acme/shop"));
    }

    @Test
    void of_byPortlessUrl_isTheFirstForgeOfThatHost() {
        List<Instance.Forge> named = new ArrayList<>();
        for (int port = 3000; port < 3020; port++) {
            named.add(
                    new Instance.Forge(
                            "git.example.com:" + port,
                            port == 3000 ? Instance.ForgeType.GITLAB : Instance.ForgeType.GITEA,
                            null,
                            TOKEN,
                            null,
                            null));
        }
        try (Forges forges =
                new Forges(Vault.ofThisProcess(Clockwork.system()), Clockwork.system())) {
            forges.follow(settings(named.toArray(Instance.Forge[]::new)));

            assertThat(forges.of(new ForgeRepo("git.example.com", "a/b")))
                    .isInstanceOf(GitLab.class);
        }
    }

    @Test
    void of_host_isTheForgeNamedForIt() {
        try (Forges forges =
                new Forges(Vault.ofThisProcess(Clockwork.system()), Clockwork.system())) {
            ForgeRepo shop = new ForgeRepo("github.com", "acme/shop");
            assertThat(forges.of(shop)).isNull();

            forges.follow(
                    settings(
                            named("github.com"),
                            named("codeberg.org"),
                            named("git.example.com"),
                            new Instance.Forge(
                                    "gitlab.example.com:8443",
                                    Instance.ForgeType.GITLAB,
                                    null,
                                    TOKEN,
                                    null,
                                    null),
                            new Instance.Forge("gitlab.com", null, null, null, null, null)));

            assertThat(forges.of(shop)).isInstanceOf(GitHub.class);
            assertThat(forges.of(new ForgeRepo("codeberg.org", "a/b"))).isInstanceOf(Gitea.class);
            assertThat(forges.of(new ForgeRepo("gitlab.example.com", "a/b")))
                    .as("by ssh")
                    .isInstanceOf(GitLab.class);
            assertThat(forges.of(new ForgeRepo("git.example.com", "a/b"))).as("no type").isNull();
            assertThat(forges.of(new ForgeRepo("gitlab.com", "a/b"))).as("no token").isNull();

            Forge before = forges.of(shop);
            forges.follow(settings(named("github.com")));
            assertThat(forges.of(shop)).as("knows its limits still").isSameAs(before);
        }
    }
}
