package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import org.junit.jupiter.api.Test;

/** Annotations that mean something to Berth. */
final class AdoptTest {
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

    @Test
    void load_twoAppsOfOneContainer_areProblemsAndWhoHadItKeepsIt() {
        shop("berth/adopt: old", "{image: x}");
        repo.known();
        repo.file(
                "blog.yaml",
                "apiVersion: berth/v1\nkind: App\nmetadata: {name: blog, annotations: {berth/adopt: old}}\nspec: {image: x}\n");
        for (int i = 0; i < 2; i++) {
            DesiredState.Known state = repo.known();

            assertThat(state.apps()).containsOnlyKeys(ResourceId.app("shop"));
            assertThat(state.problems())
                    .extracting(Problem::message)
                    .anyMatch(m -> m.startsWith("app/shop (shop.yaml:1:1) takes over from old too"))
                    .hasSize(2);
            repo.restart();
        }
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
