package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import org.junit.jupiter.api.Test;

final class DependsOnTest {
    private final Repo repo = Repo.withInstance();

    @Test
    void load_dependsOn_isPartOfTheApp() {
        repo.file("db.yaml", Repo.app("db", "{image: db}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, dependsOn: [{name: db}]}"));

        assertThat(repo.app("shop").dependsOn()).containsExactly(ResourceId.app("db"));
        assertThat(repo.problems()).isEmpty();
    }

    @Test
    void load_dependencyAdded_isAnotherGenerationOfTheSameContainers() {
        repo.file("db.yaml", Repo.app("db", "{image: db}"))
                .file("shop.yaml", Repo.app("shop", "{image: x}"));
        DesiredApp before = repo.app("shop");

        repo.file("shop.yaml", Repo.app("shop", "{image: x, dependsOn: [{name: db}]}"));

        assertThat(repo.app("shop").generation()).isNotEqualTo(before.generation());
        assertThat(repo.app("shop").workload()).isEqualTo(before.workload());
    }

    @Test
    void load_unknownName_isAProblemAndTheLastRightDocumentCounts() {
        repo.file("db.yaml", Repo.app("db", "{image: db}"))
                .file("shop.yaml", Repo.app("shop", "{image: x}"));
        DesiredApp before = repo.app("shop");

        repo.file("shop.yaml", Repo.app("shop", "{image: y, dependsOn: [{name: dbb}]}"));

        assertThat(repo.problems())
                .containsExactly(
                        "shop.yaml:4:37 spec.dependsOn[0].name: there is no app dbb, did you mean"
                                + " db? [E-REFERENCE]");
        assertThat(repo.app("shop").generation()).isEqualTo(before.generation());
    }

    @Test
    void load_dependencyRemoved_itsDependantKeepsTheLastRightDocument() {
        repo.file("db.yaml", Repo.app("db", "{image: db}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, dependsOn: [{name: db}]}"));
        DesiredApp before = repo.app("shop");

        repo.without("db.yaml");

        assertThat(repo.problems()).singleElement().asString().contains("there is no app db");
        assertThat(repo.app("shop").generation()).isEqualTo(before.generation());
    }

    @Test
    void load_circle_isAProblemOfEachInIt() {
        repo.file("a.yaml", Repo.app("a", "{image: x, dependsOn: [{name: b}]}"))
                .file("b.yaml", Repo.app("b", "{image: x, dependsOn: [{name: c}]}"))
                .file("c.yaml", Repo.app("c", "{image: x, dependsOn: [{name: a}]}"))
                .file("d.yaml", Repo.app("d", "{image: x, dependsOn: [{name: a}]}"));

        assertThat(repo.problems())
                .containsExactly(
                        "a.yaml:4:37 spec.dependsOn[0].name: a circle of dependencies: app/a ->"
                                + " app/b -> app/c -> app/a [E-REFERENCE]",
                        "b.yaml:4:37 spec.dependsOn[0].name: a circle of dependencies: app/b ->"
                                + " app/c -> app/a -> app/b [E-REFERENCE]",
                        "c.yaml:4:37 spec.dependsOn[0].name: a circle of dependencies: app/c ->"
                                + " app/a -> app/b -> app/c [E-REFERENCE]");
        assertThat(repo.known().apps()).containsOnlyKeys(ResourceId.app("d"));
    }

    @Test
    void load_circleClosedLater_theLastRightDocumentOfItsCloserCounts() {
        repo.file("a.yaml", Repo.app("a", "{image: x, dependsOn: [{name: b}]}"))
                .file("b.yaml", Repo.app("b", "{image: x}"));
        repo.load();

        repo.file("b.yaml", Repo.app("b", "{image: y, dependsOn: [{name: a}]}"));

        assertThat(repo.problems()).hasSize(2);
        assertThat(repo.app("b").dependsOn()).isEmpty();
        assertThat(repo.app("a").dependsOn()).containsExactly(ResourceId.app("b"));
    }

    @Test
    void load_itself_isACircle() {
        repo.file("a.yaml", Repo.app("a", "{image: x, dependsOn: [{name: a}]}"));

        assertThat(repo.problems()).singleElement().asString().contains("app/a -> app/a");
    }

    @Test
    void load_dependencyHasAMistake_itsDependantCounts() {
        repo.file("db.yaml", Repo.app("db", "{image: 7}"))
                .file("shop.yaml", Repo.app("shop", "{image: x, dependsOn: [{name: db}]}"));

        assertThat(repo.known().apps()).containsOnlyKeys(ResourceId.app("shop"));
        assertThat(repo.known().held()).containsExactly(ResourceId.app("db"));
    }
}
