package dev.berth.reconciler.desired;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Another name for the Instance is taken for a mistake until it is confirmed. */
final class InstanceNameTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final String CONFIRMED = "{prune: {confirm: [instance/home]}}";

    private final Repo repo = new Repo();

    private static String instance(String name, String spec) {
        return "apiVersion: berth/v1\nkind: Instance\nmetadata:\n  name: %s\nspec: %s\n"
                .formatted(name, spec);
    }

    private void deployed() {
        repo.file("berth.yaml", instance("home", "{domain: home.example}"));
        repo.file("shop.yaml", Repo.app("shop", "{image: x:1, volumes: [{name: d, path: /d}]}"));
        assertThat(repo.known().problems()).isEmpty();
    }

    private static Workload.Containers shop(DesiredState.Known state) {
        DesiredApp app = Objects.requireNonNull(state.apps().get(SHOP));
        return (Workload.Containers) app.workload();
    }

    private static String volume(DesiredState.Known state) {
        return shop(state).processes().values().iterator().next().template().mounts().toString();
    }

    @Test
    void load_renamed_keepsTheNameAndSaysWhatToDo() {
        deployed();
        repo.file("berth.yaml", instance("prod", "{domain: prod.example}"));
        repo.file("shop.yaml", Repo.app("shop", "{image: x:2, volumes: [{name: d, path: /d}]}"));

        DesiredState.Known state = repo.known();

        assertThat(state.instance()).isEqualTo("home");
        assertThat(state.settings().domain()).isEqualTo("home.example");
        assertThat(volume(state)).contains("berth_home_shop");
        assertThat(shop(state).image().reference()).as("all else is followed").isEqualTo("x:2");
        assertThat(state.problems())
                .extracting(Problem::toString)
                .singleElement()
                .asString()
                .startsWith("berth.yaml:4:9 metadata.name: the Instance was home until now")
                .contains("prune: {confirm: [instance/home]}");
    }

    @Test
    void load_renamed_staysSoAfterARestartAndFurtherCommits() {
        deployed();
        repo.file("berth.yaml", instance("prod", "{}"));
        repo.known();
        repo.restart();
        repo.file("shop.yaml", Repo.app("shop", "{image: x:3}"));

        assertThat(repo.known().instance()).isEqualTo("home");
        repo.file("berth.yaml", instance("home", "{}"));
        assertThat(repo.known().problems()).isEmpty();
    }

    @Test
    void load_renamedAndConfirmed_isFollowedFromThenOn() {
        deployed();
        repo.file("berth.yaml", instance("prod", CONFIRMED));
        assertThat(repo.known().instance()).isEqualTo("prod");

        repo.file("berth.yaml", instance("prod", "{}"));
        repo.restart();
        DesiredState.Known state = repo.known();

        assertThat(state.instance()).isEqualTo("prod");
        assertThat(state.problems()).isEmpty();
        assertThat(volume(state)).contains("berth_prod_shop");
    }

    @Test
    void load_confirmationMissingAtFirst_isFollowedOnceItIsThere() {
        deployed();
        repo.file("berth.yaml", instance("prod", "{}"));
        assertThat(repo.known().instance()).isEqualTo("home");

        repo.file("berth.yaml", instance("prod", CONFIRMED));

        assertThat(repo.known().instance()).isEqualTo("prod");
        assertThat(repo.known().problems()).isEmpty();
    }

    @Test
    void load_anotherNameConfirmed_isStillAMistake() {
        deployed();
        repo.file("berth.yaml", instance("prod", "{prune: {confirm: [instance/house]}}"));

        DesiredState.Known state = repo.known();

        assertThat(state.instance()).isEqualTo("home");
        assertThat(state.problems().getFirst().message())
                .contains("prune: {confirm: [instance/house, instance/home]}");
    }

    @Test
    void load_renamedInAnotherFile_keepsTheNameToo() {
        deployed();
        repo.without("berth.yaml");
        repo.file("prod.yaml", instance("prod", "{}"));

        DesiredState.Known state = repo.known();

        assertThat(state.instance()).isEqualTo("home");
        assertThat(state.problems()).singleElement().asString().startsWith("prod.yaml:4:9 ");
        repo.file("prod.yaml", instance("prod", CONFIRMED));
        assertThat(repo.known().instance()).isEqualTo("prod");
        assertThat(repo.known().problems()).isEmpty();
    }

    @Test
    void load_sameNameInAnotherFile_isNoMistake() {
        deployed();
        repo.without("berth.yaml");
        repo.file("instance.yaml", instance("home", "{}"));

        assertThat(repo.known().problems()).isEmpty();
    }

    @Test
    void load_firstOfAll_mayHaveAnyName() {
        repo.file("berth.yaml", instance("prod", "{}"));

        assertThat(repo.known().problems()).isEmpty();
    }
}
