package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.schemas.config.VolumeId;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Design section 3, semantic 7: data goes only when policy, person and documents agree. */
final class VolumesTest {
    private static final VolumeId DATA = new VolumeId(World.SHOP, "data");
    private static final String NAME = ObjectNames.volume(World.INSTANCE, World.SHOP, "data");
    private World world;

    @BeforeEach
    void anAppWithAVolume(@TempDir Path directory) {
        world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", withVolume(), 1).pass();
        assertThat(world.engine.volumes()).containsExactly(NAME);
    }

    private static ContainerTemplate withVolume() {
        return new ContainerTemplate.Draft("shop:1")
                .mounts(new TreeMap<>(Map.of("/data", NAME)))
                .port(3000, null)
                .make();
    }

    @Test
    void converge_appRemoved_itsVolumeStaysAndIsShown() {
        world.forget("shop").pass();

        assertThat(world.containers()).isEmpty();
        assertThat(world.engine.volumes()).containsExactly(NAME);
        assertThat(world.plan().isEmpty()).isTrue();
        assertThat(world.plan().orphans())
                .singleElement()
                .satisfies(orphan -> assertThat(orphan.volume().id()).isEqualTo(DATA));
    }

    @Test
    void converge_policyDeleteNotConfirmed_stays() {
        world.forget("shop").deletable(DATA).pass();
        world.pass();

        assertThat(world.engine.volumes()).containsExactly(NAME);
    }

    @Test
    void converge_policyRetainConfirmed_stays() {
        world.forget("shop").confirm(DATA).pass();
        world.pass();

        assertThat(world.engine.volumes()).containsExactly(NAME);
    }

    @Test
    void converge_policyDeleteConfirmed_goesOnceNothingUsesIt() {
        world.forget("shop").deletable(DATA).confirm(DATA).pass();
        assertThat(world.engine.volumes()).containsExactly(NAME);

        world.pass();
        assertThat(world.engine.volumes()).isEmpty();
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_policyDeleteConfirmedAndDeclared_stays() {
        world.deletable(DATA).confirm(DATA).pass();
        world.pass();

        assertThat(world.engine.volumes()).containsExactly(NAME);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_volumeNoLongerDeclaredByItsApp_goesWithoutTheApp() {
        world.declare("shop", World.template("shop:1"), 1).deletable(DATA).confirm(DATA).pass();
        assertThat(world.engine.volumes()).containsExactly(NAME);

        world.pass();
        assertThat(world.engine.volumes()).isEmpty();
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }
}
