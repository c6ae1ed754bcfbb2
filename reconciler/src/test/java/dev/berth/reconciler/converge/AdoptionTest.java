package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app takes over from a container that Berth did not make. */
final class AdoptionTest {
    private static final ContainerTemplate V1 = World.template("shop:1");

    private World world;

    @BeforeEach
    void aContainerOfNobody(@TempDir Path directory) {
        world = new World(directory);
        world.engine.withImages("shop:1", "legacy:1");
        world.engine.byHand().run("legacy", "legacy:1", Map.of());
    }

    private ForeignContainer legacy() throws Exception {
        return world.engine.foreign(Set.of("legacy")).getFirst();
    }

    @Test
    void converge_appNamesAContainer_itServesAndThenThatOneIsStopped() throws Exception {
        world.declare("shop", V1, 1).adopting("shop", "legacy").pass();

        assertThat(world.containers()).hasSize(1);
        assertThat(legacy().running()).isFalse();
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_noAppNamesIt_isLeftAlone() throws Exception {
        world.declare("shop", V1, 1).pass();

        assertThat(legacy().running()).isTrue();
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_releaseFails_theOtherGoesOn() throws Exception {
        world.engine.withImage("shop:1", new ImageBehaviour.Exits(3, List.of()));
        world.declare("shop", V1, 1).adopting("shop", "legacy").pass();
        world.pass();

        assertThat(legacy().running()).isTrue();
    }

    @Test
    void converge_appRemovedLater_itIsNeitherStartedNorRemoved() throws Exception {
        world.declare("shop", V1, 1).adopting("shop", "legacy").pass();
        world.forget("shop").pass();

        assertThat(world.containers()).isEmpty();
        assertThat(legacy().running()).isFalse();
    }

    @Test
    void converge_containerOfAnotherBerth_isNeverTouched() throws Exception {
        world.engine.byHand().remove("legacy");
        world.engine.byHand().run("legacy", "legacy:1", Map.of(Labels.INSTANCE, "other"));
        world.declare("shop", V1, 1).adopting("shop", "legacy").pass();
        world.pass();

        assertThat(legacy().running()).isTrue();
        assertThat(world.containers()).hasSize(1);
    }
}
