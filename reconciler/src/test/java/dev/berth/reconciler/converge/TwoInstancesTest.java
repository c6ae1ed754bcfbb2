package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.ContainerSpec;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ObjectNames;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Berths on one engine, each with an app of the same name. */
final class TwoInstancesTest {
    private static final String OTHER = "other";

    @Test
    void converge_wholeLifeOfAnApp_touchesNothingOfTheOther(@TempDir Path directory)
            throws Exception {
        World world = new World(directory);
        world.engine.withImages("shop:1", "shop:2");
        ContainerTemplate template = World.template("shop:1");
        String network = ObjectNames.network(OTHER, World.SHOP);
        String volume = ObjectNames.volume(OTHER, World.SHOP, "data");
        world.engine.ensureNetwork(OTHER, World.SHOP, network);
        world.engine.ensureVolume(OTHER, World.SHOP, volume);
        ContainerId theirs =
                world.engine.createContainer(
                        new ContainerSpec(
                                ObjectNames.container(OTHER, World.SHOP, "web", "r1", 1, 1),
                                OTHER,
                                World.SHOP,
                                "web",
                                1,
                                template,
                                "r1",
                                "c0ffee",
                                network,
                                List.of()));
        world.engine.startContainer(theirs);
        var before = world.engine.containers(OTHER);

        world.declare("shop", template, 2).pass();
        world.declare("shop", World.template("shop:2"), 1).pass();
        world.forget("shop").pass();
        world.pass();

        assertThat(world.containers()).isEmpty();
        assertThat(world.engine.containers(OTHER)).isEqualTo(before);
        assertThat(before).singleElement().satisfies(c -> assertThat(c.running()).isTrue());
        assertThat(world.engine.networks(OTHER)).containsEntry(World.SHOP, network);
        assertThat(world.engine.volumes(OTHER)).hasSize(1);
    }
}
