package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Design section 3, semantic 10. */
final class DependsOnTest {
    private static final ResourceId DB = ResourceId.app("db");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private World world;

    @BeforeEach
    void twoApps(@TempDir Path directory) {
        world = new World(directory);
        world.engine.withImages("db:1", "db:2", "shop:1", "shop:2");
        world.declare("db", template("db:1"), 1).declare("shop", template("shop:1"), 1);
        world.needing("shop", "db");
    }

    @Test
    void converge_firstDeployment_theDependencyIsReadyBeforeItsDependantStarts() {
        world.pass();

        assertThat(world.servedImages("db")).containsExactly("db:1");
        assertThat(world.servedImages("shop")).isEmpty();
        assertThat(world.goesOn()).isTrue();

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.plan().isEmpty()).isTrue();
        assertThat(world.goesOn()).isFalse();
    }

    @Test
    void converge_dependencyFails_onlyItsDependantsWait() {
        world.pass();
        world.pass();
        world.engine.withImage("db:3", new ImageBehaviour.Exits(1, List.of()));
        world.engine.withImages("other:1");
        world.declare("db", template("db:3"), 1)
                .declare("shop", template("shop:2"), 1)
                .needing("shop", "db")
                .declare("other", template("other:1"), 1);

        world.pass();
        world.pass();

        assertThat(world.servedImages("other")).containsExactly("other:1");
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.servedImages("db")).containsExactly("db:1");
        assertThat(world.goesOn()).isFalse();
    }

    @Test
    void converge_bothRemoved_theDependantGoesFirst() {
        world.pass();
        world.pass();
        List<String> names = names();
        world.forget("db").forget("shop").pass();

        assertThat(world.containers()).isEmpty();
        List<String> removed =
                world.engine.journal().stream()
                        .filter(entry -> entry.call() == EngineCall.REMOVE)
                        .map(FakeEngine.Entry::subject)
                        .toList();
        assertThat(removed).containsExactly(names.get(1), names.get(0));
    }

    @Test
    void converge_dependantCannotBeRemoved_itsDependencyStays() {
        world.pass();
        world.pass();
        world.engine
                .faults()
                .failNext(EngineCall.STOP, new Transient(ReasonCode.PruneFailed, "it is busy"));
        world.forget("db").forget("shop").pass();

        assertThat(world.servedImages("db")).containsExactly("db:1");

        world.pass();
        assertThat(world.containers()).isEmpty();
        assertThat(world.orphansAndDoubles()).isEmpty();
    }

    @Test
    void converge_dependantStillGoing_itsDependencyWaitsForLaterPasses() throws Exception {
        world.pass();
        world.pass();
        CountDownLatch mayStop = new CountDownLatch(1);
        CountDownLatch stopping = new CountDownLatch(1);
        world.engine
                .faults()
                .beforeNext(
                        EngineCall.STOP,
                        _ -> {
                            stopping.countDown();
                            awaitUnchecked(mayStop);
                        });
        world.forget("db").forget("shop").glance();
        awaitUnchecked(stopping);
        world.glance();
        assertThat(world.rests()).isFalse();
        assertThat(world.servedImages("db")).containsExactly("db:1");

        mayStop.countDown();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).allMatch(c -> c.owner().equals(DB));

        world.pass();
        assertThat(world.containers()).isEmpty();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void converge_dependencyRemovedWithTheNeedForIt_staysUntilTheDependantIsAsDeclared() {
        world.pass();
        world.pass();
        world.engine.withImage("shop:3", new ImageBehaviour.Exits(1, List.of()));
        world.forget("db").declare("shop", template("shop:3"), 1).pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.servedImages("db")).containsExactly("db:1");

        world.declare("shop", template("shop:2"), 1).pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.containers()).noneMatch(c -> c.owner().equals(DB));
    }

    /** Of db, then of shop. */
    private List<String> names() {
        return world.containers().stream().map(c -> c.name()).toList();
    }
}
