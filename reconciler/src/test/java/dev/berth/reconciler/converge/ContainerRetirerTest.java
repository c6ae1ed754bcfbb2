package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.SystemTime;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.plan.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContainerRetirerTest {
    @TempDir Path directory;

    @Test
    void retire_blindOnceItHasBegun_removesNoOther() {
        World world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", template("shop:1"), 2).pass();
        List<ContainerView> both = world.containers();
        Turn turn = new Turn(new Places());
        Clockwork clock = new OneByOne();
        world.engine.faults().afterNext(EngineCall.REMOVE, _ -> turn.blind());

        assertThatThrownBy(() -> retirer(world, clock, turn).retire(of(both)))
                .isInstanceOf(ReconcileException.Waiting.class)
                .hasMessageContaining("did not see everything");
        assertThat(world.containers()).hasSize(1);
    }

    private static ContainerRetirer retirer(World world, Clockwork clock, Turn turn) {
        return new ContainerRetirer(
                World.INSTANCE,
                world.engine,
                world.traffic,
                clock,
                turn,
                new Stops(world.engine, clock));
    }

    private static Change.RetireContainers of(List<ContainerView> containers) {
        return new Change.RetireContainers(
                World.SHOP, containers, Duration.ZERO, false, Change.Patience.NONE, List.of());
    }

    /** The machine's time; what a thread is to do is done when it would be started. */
    private static final class OneByOne implements SystemTime {
        @Override
        public Thread start(String name, Runnable task) {
            task.run();
            return Clockwork.system().start(name, () -> {});
        }
    }
}
