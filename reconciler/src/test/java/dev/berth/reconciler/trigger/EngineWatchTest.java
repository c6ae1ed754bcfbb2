package dev.berth.reconciler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.engine.Specs;
import dev.berth.reconciler.live.ContainerId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EngineWatchTest {
    private static final Specs SHOP = Specs.of("home", "shop:1");

    private final FakeEngine engine = new FakeEngine(InstantSource.system());
    private final AtomicReference<@Nullable String> instance = new AtomicReference<>("home");
    private final List<Trigger> told = new CopyOnWriteArrayList<>();
    private final EngineWatch watch =
            new EngineWatch(engine, instance::get, told::add, Clockwork.system());

    @AfterEach
    void close() {
        watch.close();
    }

    private void awaitFollowed(int times) {
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                told.stream().filter(Trigger.EngineBack.class::isInstance).count()
                                        == times);
    }

    private ContainerId run() throws Exception {
        engine.withImage("shop:1", new ImageBehaviour.Runs());
        engine.ensureNetwork(SHOP.instance(), SHOP.app(), SHOP.network());
        ContainerId id = engine.createContainer(SHOP.web("web"));
        engine.startContainer(id);
        return id;
    }

    @Test
    void start_whatHappenedBefore_isLookedAt() {
        watch.start();

        awaitFollowed(1);
    }

    @Test
    void event_ofAContainer_isTold() throws Exception {
        ContainerId id = run();
        watch.start();
        awaitFollowed(1);

        engine.stopContainer(id, Duration.ZERO);

        await().until(() -> told.contains(new Trigger.EngineChanged(SHOP.app(), "die")));
    }

    @Test
    void event_healthcheckFails_isTold() throws Exception {
        ContainerId id = run();
        watch.start();
        awaitFollowed(1);

        engine.byHand().fallIll(engine.container(id).orElseThrow().name());

        await().until(() -> told.contains(new Trigger.EngineChanged(SHOP.app(), "unhealthy")));
    }

    @Test
    void streamEnds_itIsOpenedAgainAndTheGapIsLookedAt() {
        watch.start();
        awaitFollowed(1);

        engine.down();
        engine.up();

        awaitFollowed(2);
    }

    @Test
    void instanceUnknown_nothingIsFollowedUntilItIsKnown() {
        instance.set(null);
        watch.start();
        await().during(Duration.ofMillis(300)).until(told::isEmpty);

        instance.set("home");

        awaitFollowed(1);
        assertThat(told).containsExactly(new Trigger.EngineBack());
    }
}
