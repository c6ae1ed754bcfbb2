package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.schemas.config.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Design section 3, semantic 7: data goes only when policy, person and documents agree. */
final class VolumesTest {
    private static final VolumeId DATA = new VolumeId(World.SHOP, "data");
    private static final String NAME = ObjectNames.volume(World.INSTANCE, World.SHOP, "data");
    private static final VolumeId CACHE = new VolumeId(World.SHOP, "cache");
    private static final String CACHE_NAME =
            ObjectNames.volume(World.INSTANCE, World.SHOP, "cache");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private World world;

    @BeforeEach
    void anAppWithAVolume(@TempDir Path directory) {
        world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", withVolume(), 1).pass();
        assertThat(world.engine.volumes()).containsExactly(NAME);
    }

    private static ContainerTemplate withVolume() {
        return mounting(Map.of("/data", NAME));
    }

    private static ContainerTemplate mounting(Map<String, String> mounts) {
        return new ContainerTemplate.Draft("shop:1")
                .mounts(new TreeMap<>(mounts))
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

    @Test
    void converge_lookDoesNotSeeEverythingWhileConfirmedOnesGo_noOtherGoes() {
        world.declare("shop", mounting(Map.of("/data", NAME, "/cache", CACHE_NAME)), 1).pass();
        world.forget("shop").deletable(DATA).confirm(DATA).deletable(CACHE).confirm(CACHE).pass();
        assertThat(world.engine.volumes()).containsExactlyInAnyOrder(NAME, CACHE_NAME);
        HeldCall first = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.REMOVE_VOLUME, first);
        world.glance();
        await().atMost(PATIENCE).until(first::begun);

        world.blindPass();

        first.letGo();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.engine.volumes())
                .as("a call that has begun is not called back")
                .hasSize(1);
        assertThat(world.engine.writes()).containsEntry(EngineCall.REMOVE_VOLUME, 1);
        world.pass();
        assertThat(world.engine.volumes()).isEmpty();
    }
}
