package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Annotations that mean something to Berth. */
final class AdoptTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    private final Repo repo = Repo.withInstance();

    private void shop(String annotations, String spec) {
        repo.file(
                "shop.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: shop, annotations: {%s}}\nspec: %s\n"
                        .formatted(annotations, spec));
    }

    @Test
    void load_adopt_namesTheContainer() {
        shop("berth/adopt: old_shop.1, note: x", "{image: x}");

        assertThat(repo.problems()).isEmpty();
        assertThat(repo.app("shop").adopts()).isEqualTo("old_shop.1");
        assertThat(repo.known().adopted()).containsExactly("old_shop.1");
    }

    @Test
    void load_adoptAdded_isNoOtherGeneration() {
        shop("", "{image: x}");
        SpecHash before = repo.app("shop").generation();
        shop("berth/adopt: old", "{image: x}");

        assertThat(repo.app("shop").generation()).isEqualTo(before);
    }

    private void blogToo() {
        repo.file(
                "blog.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: blog, annotations: {berth/adopt: old}}\nspec: {image: x}\n");
    }

    @Test
    void load_twoAppsOfOneContainer_isAProblemOfTheNewOneAndWhoHadItFollowsItsDocument() {
        shop("berth/adopt: old", "{image: 'x:0'}");
        repo.known();
        blogToo();
        for (int i = 1; i < 3; i++) {
            shop("berth/adopt: old", "{image: 'x:%d'}".formatted(i));
            DesiredState.Known state = repo.known();

            assertThat(state.apps()).containsOnlyKeys(SHOP);
            DesiredApp shop = Objects.requireNonNull(state.apps().get(SHOP), "shop");
            assertThat(((Workload.Containers) shop.workload()).image().reference())
                    .isEqualTo("x:" + i);
            assertThat(state.problems())
                    .extracting(Problem::message)
                    .containsExactly(
                            "app/shop (shop.yaml:1:1) takes over from old too: only one app can");
            repo.restart();
        }
    }

    @Test
    void load_twoNewAppsOfOneContainer_areProblemsOfBoth() {
        shop("berth/adopt: old", "{image: x}");
        blogToo();
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).isEmpty();
        assertThat(state.problems()).hasSize(2);
    }

    @Test
    void load_brokenAppHadTheContainer_keepsIt() {
        shop("berth/adopt: old", "{image: x}");
        repo.known();
        shop("berth/adopt: old", "{image: [x]}");
        blogToo();
        DesiredState.Known state = repo.known();

        assertThat(state.apps()).containsOnlyKeys(SHOP);
        assertThat(state.problems()).hasSize(2);
    }

    @Test
    void load_containerHandedToAnotherApp_isNoProblem() {
        shop("berth/adopt: old", "{image: x}");
        repo.known();
        shop("", "{image: x}");
        blogToo();

        assertThat(repo.problems()).isEmpty();
        assertThat(repo.app("blog").adopts()).isEqualTo("old");
    }

    @Test
    void load_wrongAnnotations_areProblems() {
        shop("berth/adpot: old", "{image: x}");
        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:3:51 metadata.annotations[\"berth/adpot\"]: no such annotation,"
                                + " did you mean berth/adopt? [E-VALUE]");
        shop("berth/adopt: /old", "{image: x}");
        assertThat(repo.problems())
                .singleElement()
                .asString()
                .contains("expected the name of a container as docker ps shows it, got \"/old\"");
        shop("berth/adopt: old", "{static: {path: site}}");
        assertThat(repo.problems())
                .anyMatch(p -> p.contains("files can't take over from a container"));
    }
}
