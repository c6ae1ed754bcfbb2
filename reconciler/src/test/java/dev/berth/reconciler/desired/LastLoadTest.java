package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.build.catalog.Catalog;
import dev.berth.reconciler.build.catalog.CatalogFile;
import dev.berth.reconciler.secret.AgeKeys;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.source.Doubt;
import dev.berth.reconciler.source.SourceReading;
import dev.berth.schemas.config.ResourceId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A commit that was loaded before: it is loaded again only if that may give something else. */
final class LastLoadTest {
    private final Repo repo =
            Repo.withInstance().file("apps/shop.yaml", Repo.app("shop", "{image: shop:1}"));

    private DesiredState.Known load(int commit) {
        return (DesiredState.Known) repo.load(Repo.fresh(commit, repo.tree));
    }

    private static SourceReading elsewhere(int commit) {
        return Repo.fresh(commit, new FakeTree().with("Dockerfile", "FROM scratch"));
    }

    private static DesiredApp shop(DesiredState.Known state) {
        return Objects.requireNonNull(state.apps().get(ResourceId.app("shop")));
    }

    @Test
    void load_sameCommit_isTheSameState() {
        assertThat(load(1)).isSameAs(load(1));
    }

    @Test
    void load_sameCommitThatIsNotTheNewestNow_saysSo() {
        DesiredState.Known first = load(1);
        Doubt doubt = Doubt.unavailable("can't reach the forge");

        DesiredState stale = repo.load(new SourceReading.Stale(first.revision(), repo.tree, doubt));

        assertThat(stale).isEqualTo(first.stale(doubt)).isNotEqualTo(first);
        assertThat(load(1)).isEqualTo(first);
    }

    @Test
    void load_otherCommitOfTheSameFiles_isOfThatCommit() {
        assertThat(load(1).revision()).isNotEqualTo(load(2).revision());
    }

    @Test
    void load_sameCommitOfATreeThatLacksAFile_isLoadedAnew() {
        load(1);
        repo.without("apps/shop.yaml");
        assertThat(load(1).apps()).isEmpty();
    }

    @Test
    void load_sameCommitThatCannotBeReadNow_isUnknown() {
        load(1);
        repo.tree.broken("disk error");
        assertThat(repo.load(Repo.fresh(1, repo.tree))).isInstanceOf(DesiredState.Unknown.class);
    }

    @Test
    void load_repoOfAnAppHasMovedOn_pinsItsNewCommit() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {repo: 'https://x.example/shop'}}"));
        repo.appRepos.put("https://x.example/shop", elsewhere(7));
        String before = shop(load(1)).sourceRevision();
        repo.appRepos.put("https://x.example/shop", elsewhere(8));

        assertThat(shop(load(1)).sourceRevision()).isNotEqualTo(before).endsWith("8");
    }

    @Test
    void load_repoOfAnAppStaysWhereItIs_isTheSameState() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {repo: 'https://x.example/shop'}}"));
        repo.appRepos.put("https://x.example/shop", elsewhere(7));
        assertThat(load(1)).isSameAs(load(1));
    }

    @Test
    void load_recognisedCodeStaysAsItIs_isTheSameState() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {repo: 'https://x.example/shop'}}"));
        repo.appRepos.put("https://x.example/shop", Repo.fresh(7, node("1")));
        assertThat(load(1)).isSameAs(load(1));
    }

    @Test
    void load_recognisedCodeHasMovedOn_isBuiltAnew() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {repo: 'https://x.example/shop'}}"));
        repo.appRepos.put("https://x.example/shop", Repo.fresh(7, node("1")));
        DesiredApp before = shop(load(1));
        repo.appRepos.put("https://x.example/shop", Repo.fresh(7, node("2")));

        assertThat(shop(load(1)).workload()).isNotEqualTo(before.workload());
    }

    @Test
    void load_imagesToBuildFromHaveChanged_isBuiltFromThem() {
        repo.file("apps/shop.yaml", Repo.app("shop", "{source: {path: shop}}"));
        repo.file("shop/package.json", "{}").file("shop/server.js", "");
        DesiredApp before = shop(load(1));
        Catalog images =
                CatalogFile.defaults()
                        .with(
                                CatalogFile.parse(
                                        """
                                        {"languages": {"node": {"lines": ["22"],
                                         "build": "own/node:{line}", "run": "own/node:{line}"}}}
                                        """));
        repo.images = () -> images;

        assertThat(shop(load(1)).workload()).isNotEqualTo(before.workload());
    }

    private static FakeTree node(String server) {
        return new FakeTree().with("package.json", "{}").with("server.js", server);
    }

    @Test
    void load_keyThatOpensASecretIsThereNow_opensIt() {
        AgeKeys keys = Sealing.newKeys();
        repo.file("secrets/api.yaml", sealed(keys));
        assertThat(load(1).problems()).isNotEmpty();
        repo.keys = keys;
        DesiredState.Known opened = load(1);
        assertThat(opened.problems()).isEmpty();
        assertThat(opened.secrets()).isNotEmpty();
    }

    @Test
    void load_keyIsGone_saysThatTheSecretCannotBeOpened() {
        repo.keys = Sealing.newKeys();
        repo.file("secrets/api.yaml", sealed(repo.keys));
        assertThat(load(1).problems()).isEmpty();
        repo.keys = AgeKeys.none();
        assertThat(load(1).problems()).isNotEmpty();
    }

    private static String sealed(AgeKeys keys) {
        return Sealing.sealed(
                "apiVersion: berth/v1\nkind: Secret\nmetadata: {name: api}\ndata:\n  token: t0ken\n",
                keys);
    }

    @Test
    void load_memoryIsLost_isRememberedAgain() {
        load(1);
        repo.lastGood.memory = LastGood.Memory.EMPTY;
        load(1);
        assertThat(repo.lastGood.memory.files()).containsKey("apps/shop.yaml");
    }

    @Test
    void load_whatIsRememberedCouldNotBeKept_saysSoUntilItCan() {
        repo.lastGood.fault = "disk full";
        assertThat(load(1).waiting()).containsValue("disk full");
        assertThat(load(1).waiting()).containsValue("disk full");
        repo.lastGood.fault = null;
        assertThat(load(1).waiting()).isEmpty();
        repo.lastGood.fault = "disk full again";
        assertThat(load(1).waiting()).containsValue("disk full again");
    }

    @Test
    void load_wrongDocument_countsAsItLastDidForAsLongAsItIsWrong() {
        DesiredApp right = shop(load(1));
        repo.file("apps/shop.yaml", Repo.app("shop", "{imag: shop:2}"));
        for (int pass = 0; pass < 3; pass++) {
            DesiredState.Known wrong = load(2);
            assertThat(wrong.problems()).isNotEmpty();
            assertThat(shop(wrong).generation()).isEqualTo(right.generation());
        }
    }
}
