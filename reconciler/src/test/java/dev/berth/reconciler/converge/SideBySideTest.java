package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.live.ContainerView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SideBySideTest {
    private static final Clockwork CLOCK = Clockwork.system();

    @TempDir Path directory;

    @Test
    void run_bugInOne_letsTheOtherEndFirst() {
        World world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", template("shop:1"), 2).pass();
        List<ContainerView> both = world.containers();
        AtomicBoolean ended = new AtomicBoolean();

        assertThatThrownBy(
                        () ->
                                SideBySide.run(
                                        CLOCK,
                                        "stop",
                                        both,
                                        container -> {
                                            if (container.equals(both.getFirst())) {
                                                throw new IllegalArgumentException("a bug");
                                            }
                                            ended.set(tookItsTime());
                                        }))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseInstanceOf(IllegalArgumentException.class);

        assertThat(ended).isTrue();
    }

    private static boolean tookItsTime() {
        try {
            CLOCK.sleep(Duration.ofMillis(200));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
