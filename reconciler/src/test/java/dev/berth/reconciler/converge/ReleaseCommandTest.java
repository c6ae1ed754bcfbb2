package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.RunView;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseCommandTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private World world;

    @BeforeEach
    void anApp(@TempDir Path directory) {
        world = new World(directory);
        world.engine.withImages("shop:1", "shop:2");
    }

    @Test
    void converge_newRelease_runsTheCommandOnceBeforeIt() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "echo", "done").pass();

        List<EngineCall> made =
                world.engine.journal().stream()
                        .map(FakeEngine.Entry::call)
                        .filter(c -> c == EngineCall.CREATE || c == EngineCall.CREATE_RUN)
                        .toList();
        assertThat(made).containsExactly(EngineCall.CREATE_RUN, EngineCall.CREATE);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.runs()).singleElement().matches(RunView::succeeded);
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_commandFails_theOldServesAndTheEndOfItsLogIsTold() {
        world.declare("shop", template("shop:1"), 1).pass();
        world.declare("shop", template("shop:2"), 1)
                .migrating("shop", "sh", "-c", "echo no such table; exit 3");

        Outcomes outcomes = world.pass();

        assertThat(outcomes.all())
                .filteredOn(Outcome.Failed.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(ReasonCode.ReleaseCommandFailed);
                            assertThat(failed.next()).isEqualTo(Outcome.Next.STALL);
                            assertThat(failed.message())
                                    .contains("ended with code 3")
                                    .contains("last 1 lines of it:\n  no such table");
                        });
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        int calls = world.engine.writeCount();
        world.pass();
        assertThat(world.engine.writeCount()).isEqualTo(calls);
    }

    @Test
    void converge_lookDoesNotSeeEverythingWhileItsAppGoes_staysUntilAllIsSeen() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "true").pass();
        HeldCall removal = new HeldCall();
        world.engine.faults().afterNext(EngineCall.REMOVE, removal);
        world.forget("shop").glance();
        await().atMost(PATIENCE).until(removal::begun);

        world.blindPass();

        removal.letGo();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).as("it was on its way").isEmpty();
        assertThat(world.runs()).hasSize(1);
        world.pass();
        assertThat(world.runs()).isEmpty();
    }

    @Test
    void converge_commandMended_isRunAgainForTheSameRelease() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "false").pass();
        assertThat(world.servedImages("shop")).isEmpty();

        world.declare("shop", template("shop:1"), 1).migrating("shop", "true").pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.runs()).singleElement().matches(RunView::succeeded);
    }

    @Test
    void converge_releaseFailsAfterItsCommand_doesNotRunItAgain() {
        world.engine.withImage("shop:2", new ImageBehaviour.Exits(0, List.of()));
        world.declare("shop", template("shop:2"), 1).migrating("shop", "true").pass();
        assertThat(world.servedImages("shop")).isEmpty();

        world.engine.withImages("shop:2");
        world.restartControl();
        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(1);
    }

    @Test
    void converge_foundRunningAfterACrash_isAwaitedAndNotRunAgain() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "sleep", "9");
        RunView begun = crashWhileItRuns();
        world.engine.faults().afterNext(EngineCall.RUNS, _ -> {});
        world.engine
                .faults()
                .beforeNext(EngineCall.RUN, _ -> world.engine.byHand().crash(begun.name(), 0));
        world.restartControl();
        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(1);
        assertThat(world.runs()).singleElement().matches(run -> run.id().equals(begun.id()));
    }

    @Test
    void converge_foundRunningForAnotherRelease_endsFirst() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "sleep", "9");
        RunView begun = crashWhileItRuns();
        world.engine
                .faults()
                .beforeNext(EngineCall.RUN, _ -> world.engine.byHand().crash(begun.name(), 0));
        world.restartControl();
        world.declare("shop", template("shop:2"), 1).migrating("shop", "true").pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(2);
        world.pass();
        assertThat(world.runs()).singleElement().matches(run -> !run.id().equals(begun.id()));
    }

    @Test
    void converge_commandOverItsTime_isStoppedAndTheOldServes() {
        world.declare("shop", template("shop:1"), 1).pass();
        world.declare("shop", template("shop:2"), 1).migrating("shop", "sleep", "9");
        world.engine.faults().beforeNext(EngineCall.RUN, _ -> {});
        world.engine.faults().beforeNext(EngineCall.RUN, _ -> world.later(Duration.ofMinutes(2)));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.runs()).singleElement().matches(RunView::ended);
    }

    @Test
    void converge_newerCommitWhileItRuns_letsItEndFirst() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "sleep", "9");
        world.glance();
        await().atMost(PATIENCE).until(() -> world.runs().stream().anyMatch(RunView::running));
        RunView begun = world.runs().getFirst();
        world.engine.forgetCalls();

        world.declare("shop", template("shop:2"), 1).migrating("shop", "true").glance();

        await().atMost(PATIENCE)
                .until(
                        () ->
                                world.engine.journal().stream()
                                                .filter(e -> e.call() == EngineCall.RUN)
                                                .count()
                                        >= 3);
        assertThat(world.rests()).isFalse();
        assertThat(world.runs()).singleElement().matches(RunView::running);
        world.engine.byHand().crash(begun.name(), 0);
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.servedImages("shop")).isEmpty();
        world.pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:2");
    }

    @Test
    void converge_newerRelease_removesTheRunOfTheOlder() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "true").pass();
        RunView first = world.runs().getFirst();
        world.declare("shop", template("shop:2"), 1).migrating("shop", "true").pass();

        assertThat(world.runs()).singleElement().matches(run -> !run.id().equals(first.id()));
    }

    @Test
    void converge_appRemovedWhileItRuns_leavesNothing() {
        world.declare("shop", template("shop:1"), 1).migrating("shop", "sleep", "9");
        crashWhileItRuns();
        world.restartControl();
        world.forget("shop").pass();

        assertThat(world.runs()).isEmpty();
        assertThat(world.orphansAndDoubles()).isEmpty();
        assertThat(world.plan().isEmpty()).isTrue();
    }

    /** Control dies as soon as the command runs. */
    private RunView crashWhileItRuns() {
        world.engine
                .faults()
                .afterNext(
                        EngineCall.START,
                        _ -> {
                            throw new IllegalStateException("killed");
                        });
        world.pass();
        assertThat(world.runs()).singleElement().matches(RunView::running);
        return world.runs().getFirst();
    }
}
