package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.SHOP;
import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.converge.Outcome.Failed;
import dev.berth.reconciler.converge.Outcome.Next;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Plan;
import dev.berth.reconciler.plan.Reason;
import dev.berth.schemas.config.App;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvergerTest {
    private static final ContainerTemplate V1 = template("shop:1");
    private static final ContainerTemplate V2 = template("shop:2");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Readiness NEVER_READY =
            new Readiness(
                    new Readiness.CommandSucceeds(List.of("false")),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(300));

    @TempDir Path directory;
    private World world = new World(Path.of("unset"));

    @BeforeEach
    void images() {
        world = new World(directory);
        world.engine.withImages("shop:1", "shop:2");
    }

    @AfterEach
    void engine_isSound() {
        assertThat(world.orphansAndDoubles()).isEmpty();
    }

    @Test
    void converge_firstDeployment_servesEveryReplica() {
        world.declare("shop", V1, 2).pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1", "shop:1");
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_nothingToDo_writesNothing() {
        world.declare("shop", V1, 2).pass();
        world.engine.forgetCalls();

        world.pass();

        assertThat(world.engine.writeCount()).isZero();
    }

    @Test
    void converge_newRelease_switchesBeforeItStopsTheOld() {
        world.declare("shop", V1, 1).pass();
        world.engine.forgetCalls();

        world.declare("shop", V2, 1).pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.containers()).hasSize(1);
        assertThat(world.traffic.history().stream().skip(1)) // the first said "starting"
                .allSatisfy(
                        table ->
                                assertThat(table.ownedBy(SHOP))
                                        .extracting(Route::target)
                                        .hasOnlyElementsOfType(Route.Proxy.class));
    }

    @Test
    void converge_lookAfterItDidNotSeeEverything_takesNothingAway() {
        world.declare("shop", V1, 1).pass();
        world.traffic.answering(Set.of(world.containers().getFirst().id().shortId()));
        world.declare("shop", V2, 1).glance();
        await().atMost(PATIENCE).until(() -> world.servedImages("shop").equals(List.of("shop:2")));
        world.engine.forgetCalls();

        world.blindPass();

        world.traffic.answering(Set.of());
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).hasSize(2);
        assertThat(world.engine.writeCount()).isZero();
        world.glance();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).hasSize(1);
    }

    @Test
    void converge_removalUnderWayAndWantedAgain_leavesWhatIsLeft() {
        world.declare("shop", V1, 1).pass();
        world.traffic.answering(Set.of(world.containers().getFirst().id().shortId()));
        world.forget("shop").glance();
        await().atMost(PATIENCE).until(() -> world.traffic.table().routes().isEmpty());

        world.declare("shop", V1, 1).glance();

        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).hasSize(1);
        world.glance();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        world.traffic.answering(Set.of());
    }

    @Test
    void converge_workGoesOn_isUnderwayAndReportedWhenItHasEnded() {
        HeldCall start = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.START, start);

        Outcomes first = world.declare("shop", V1, 1).glance();
        Outcomes second = world.glance();
        start.letGo();
        await().atMost(PATIENCE).until(world::rests);
        Outcomes last = world.glance();

        assertThat(first.all()).isNotEmpty().hasOnlyElementsOfType(Outcome.Underway.class);
        assertThat(second.all()).isNotEmpty().hasOnlyElementsOfType(Outcome.Underway.class);
        assertThat(last.all()).isEmpty();
        assertThat(last.ended()).hasSize(3).hasOnlyElementsOfType(Outcome.Done.class);
    }

    @Test
    void converge_failsAfterItsPass_isNotTriedAgainByTheNext() {
        world.declare("shop", V1, 1).pass();
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));
        HeldCall create = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.CREATE, create);
        world.declare("shop", V2, 1).glance();
        create.letGo();
        await().atMost(PATIENCE).until(world::rests);

        Outcomes next = world.glance();

        assertThat(next.ended().findFirst().orElseThrow()).isInstanceOf(Failed.class);
        assertThat(next.all()).isNotEmpty().hasOnlyElementsOfType(Outcome.Blocked.class);
    }

    @Test
    void converge_whatWasStartedHasNotProvenItself_isUnderwayThoughNothingIsPlanned() {
        HeldCall start = new HeldCall();
        world.engine.faults().afterNext(EngineCall.START, start);
        world.declare("shop", template("shop:1", null), NEVER_READY).glance();
        await().atMost(PATIENCE).until(start::begun);
        assertThat(world.plan().isEmpty()).as("what runs unrouted is as it should be").isTrue();

        Outcomes meanwhile = world.glance();

        assertThat(meanwhile.all()).isEmpty();
        assertThat(meanwhile.of(SHOP)).isNotEmpty().hasOnlyElementsOfType(Outcome.Underway.class);
        start.letGo();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.glance().all())
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Blocked.class,
                        blocked ->
                                assertThat(blocked.change().byPerson())
                                        .as("it never worked")
                                        .isTrue());
    }

    @Test
    void converge_manyImagesArePulled_whatIsReadyServesMeanwhile() {
        List<HeldCall> pulls = Stream.generate(HeldCall::new).limit(9).toList();
        for (int i = 0; i < pulls.size(); i++) {
            world.engine.withRegistryImage("big:" + i, new ImageBehaviour.Runs());
            world.engine.faults().beforeNext(EngineCall.PULL, pulls.get(i));
            world.declare("big" + i, template("big:" + i), 1);
        }

        world.declare("shop", V1, 1).glance();

        await().atMost(PATIENCE).until(() -> world.servedImages("shop").equals(List.of("shop:1")));
        await().atMost(PATIENCE).until(() -> pulls.stream().filter(HeldCall::begun).count() == 8);
        assertThat(pulls).as("so many at a time").filteredOn(HeldCall::begun).hasSize(8);
        pulls.forEach(HeldCall::letGo);
        await().atMost(PATIENCE).until(world::rests);
    }

    @Test
    void converge_lastWorkEndsAsAttentionIsWantedElsewhere_stillRemoves() {
        world.declare("blog", V1, 1).pass();
        HeldCall start = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.START, start);
        world.forget("blog").declare("shop", V1, 1);

        world.glance(
                () -> {
                    start.letGo();
                    await().atMost(PATIENCE).until(world::rests);
                    return Duration.ZERO;
                });

        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).extracting(ContainerView::owner).containsExactly(SHOP);
    }

    @Test
    void converge_retryIsDueAndBlockedOtherwise_isNotDueAllTheTime() {
        world.declare("shop", V1, 1).sleepy("shop", Duration.ofMinutes(15));
        world.engine
                .faults()
                .failNext(
                        EngineCall.START,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "the engine is gone"));
        world.pass();
        world.traffic.connected(false); // only the edge knows whether it sleeps

        Outcomes blocked = world.pass();

        assertThat(blocked.all()).hasOnlyElementsOfType(Outcome.Blocked.class);
        assertThat(world.nextRetry())
                .hasValueSatisfying(at -> assertThat(at).isAfter(Instant.now().plusMillis(500)));
        world.traffic.connected(true);
        world.pass();
    }

    @Test
    void converge_wantedAgainWhileItIsBeingStopped_isMadeAnew() {
        world.declare("shop", V1, 1).pass();
        ContainerId dying = world.containers().getFirst().id();
        HeldCall stop = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.STOP, stop);
        world.declare("shop", V2, 1).glance();
        await().atMost(PATIENCE).until(stop::begun);
        world.declare("shop", V1, 1).glance();
        await().atMost(PATIENCE).until(() -> stop.wasInterrupted() && world.rests());

        world.glance();

        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.containers()).extracting(ContainerView::id).doesNotContain(dying);
    }

    @Test
    void converge_newReleaseIsLostWhileTheOldOneDrains_isRepairedAtOnce() {
        world.declare("shop", V1, 1).pass();
        ContainerId old = world.containers().getFirst().id();
        HeldCall stop = new HeldCall();
        world.engine.faults().beforeNext(EngineCall.STOP, stop);
        world.declare("shop", V2, 1).glance();
        await().atMost(PATIENCE).until(stop::begun);
        world.containers().stream()
                .filter(c -> !c.id().equals(old))
                .forEach(c -> world.engine.byHand().remove(c.name()));

        world.glance();

        await().atMost(PATIENCE).until(() -> stop.wasInterrupted() && world.rests());
        world.glance();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.containers()).hasSize(1);
    }

    /** The call is held, and fails when it is let go. */
    private HeldCall failsLate(EngineCall call) {
        HeldCall held = new HeldCall();
        world.engine
                .faults()
                .beforeNext(
                        call,
                        subject -> {
                            held.run(subject);
                            throw new ReconcileException.Transient(
                                    ReasonCode.EngineUnavailable, "the engine is gone");
                        });
        return held;
    }

    @Test
    void converge_suspensionFailsAfterItsPass_isNotTriedAgainByTheNextButTold() {
        world.declare("shop", V1, 1).pass();
        HeldCall stop = failsLate(EngineCall.STOP);
        world.declare("shop", V1, 1, App.Strategy.BLUEGREEN, true).glance();
        stop.letGo();
        await().atMost(PATIENCE).until(world::rests);
        world.engine.forgetCalls();

        Outcomes next = world.glance();

        assertThat(world.rests()).isTrue();
        assertThat(world.engine.writeCount()).isZero();
        assertThat(next.of(SHOP).getFirst())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .isEqualTo(ReasonCode.EngineUnavailable));
        assertThat(next.all()).isNotEmpty().hasOnlyElementsOfType(Outcome.Skipped.class);
        assertThat(world.attempts("shop")).isEqualTo(1);
        world.glance();
        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.containers()).isEmpty();
    }

    @Test
    void converge_removalFailsAfterItsPass_isRememberedUntilItIsDone() {
        world.declare("shop", V1, 1).pass();
        HeldCall remove = failsLate(EngineCall.REMOVE);
        world.forget("shop").glance();
        remove.letGo();
        await().atMost(PATIENCE).until(world::rests);
        world.engine.forgetCalls();

        Outcomes next = world.glance();

        assertThat(world.rests()).isTrue();
        assertThat(world.engine.writeCount()).isZero();
        assertThat(next.of(SHOP).getFirst()).isInstanceOf(Failed.class);
        assertThat(world.attempts("shop")).isEqualTo(1);
        world.pass();
        assertThat(world.containers()).isEmpty();
        assertThat(world.attempts("shop")).isZero();
    }

    @Test
    void converge_recreateFailsAfterItsPass_bringsTheOldReleaseBackAtOnce() {
        world.declare("shop", V1, 1, App.Strategy.RECREATE, false).pass();
        world.traffic.verdict(
                probe ->
                        isV2(probe.backend().container())
                                ? Optional.of("HTTP 500")
                                : Optional.empty());
        world.declare("shop", V2, 1, App.Strategy.RECREATE, false).glance();
        await().atMost(PATIENCE).until(world::rests);

        world.glance();

        await().atMost(PATIENCE).until(world::rests);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_releaseThatStandsInFails_leavesTheTimeOfTheWantedOne() {
        world.declare("shop", V1, 1, App.Strategy.RECREATE, false).pass();
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));
        world.declare("shop", V2, 1, App.Strategy.RECREATE, false).pass();
        assertThat(world.attempts("shop")).isEqualTo(1);

        Outcomes fallback = world.pass();

        assertThat(fallback.of(SHOP)).hasAtLeastOneElementOfType(Failed.class);
        assertThat(world.attempts("shop")).isEqualTo(1);
        assertThat(world.pass().of(SHOP).getLast())
                .isInstanceOfSatisfying(
                        Outcome.Blocked.class,
                        blocked -> assertThat(blocked.change().byPerson()).isTrue());
    }

    @Test
    void converge_idleApp_sleepsUntilItIsAskedFor() {
        Duration after = Duration.ofMinutes(15);
        world.declare("shop", V1, 2).sleepy("shop", after).pass();
        world.traffic.idle("shop", after);

        world.pass();

        assertThat(world.containers()).isEmpty();
        assertThat(world.traffic.table().ownedBy(SHOP))
                .extracting(Route::target)
                .hasOnlyElementsOfType(Route.Asleep.class);
        assertThat(world.plan().isEmpty()).isTrue();
        world.traffic.idle("shop", Duration.ZERO);
        world.traffic.wake(Set.of("shop"));
        world.pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:1", "shop:1");
        world.traffic.wake(Set.of());
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_sleepingAppDoesNotStart_tellsWhoAsks() {
        world.declare("shop", V1, 1).sleepy("shop", Duration.ofMinutes(15)).pass();
        world.traffic.idle("shop", Duration.ofMinutes(15));
        world.pass();
        world.declare("shop", V2, 1).sleepy("shop", Duration.ofMinutes(15));
        assertThat(world.plan().isEmpty()).as("a newer release starts when asked for").isTrue();
        world.traffic.idle("shop", Duration.ZERO);
        world.traffic.wake(Set.of("shop"));
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));

        world.pass();
        world.pass();

        assertThat(world.traffic.table().ownedBy(SHOP))
                .extracting(Route::target)
                .hasOnlyElementsOfType(Route.Unavailable.class);
    }

    @Test
    void converge_idleAppHasARequestAfterAll_runsUntilItEnds() {
        Duration after = Duration.ofMinutes(15);
        world.declare("shop", V1, 1).sleepy("shop", after).pass();
        world.traffic.idle("shop", after);
        world.traffic.answering(Set.of(world.containers().getFirst().id().shortId()));

        world.pass();

        assertThat(world.containers()).hasSize(1);
        world.traffic.answering(Set.of());
        world.pass();
        assertThat(world.containers()).isEmpty();
    }

    @Test
    void converge_idleAppHasAStream_runsUntilItEndsAndHoldsUpNoPass() {
        Duration after = Duration.ofMinutes(15);
        world.declare("shop", V1, 1).sleepy("shop", after).pass();
        world.traffic.idle("shop", after);
        world.traffic.streaming(Set.of(world.containers().getFirst().id().shortId()));

        world.pass();

        assertThat(world.traffic.table().ownedBy(SHOP))
                .extracting(Route::target)
                .hasOnlyElementsOfType(Route.Asleep.class);
        assertThat(world.containers()).hasSize(1);
        assertThat(world.plan().isEmpty()).isTrue();
        world.traffic.streaming(Set.of());
        world.pass();
        assertThat(world.containers()).isEmpty();
    }

    @Test
    void converge_askedForWhilePutToSleep_isServedByWhatStillRuns() {
        Duration after = Duration.ofMinutes(15);
        world.declare("shop", V1, 1).sleepy("shop", after).pass();
        ContainerId before = world.containers().getFirst().id();
        world.traffic.idle("shop", after);
        Plan sleep = world.plan();
        world.traffic.wake(Set.of("shop"));

        Outcomes outcomes = world.carryOut(sleep);

        assertThat(outcomes.all().getLast())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        late -> assertThat(late.reason()).isEqualTo(ReasonCode.Superseded));
        world.pass();
        assertThat(world.containers()).extracting(ContainerView::id).containsExactly(before);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_edgeNotKnown_startsNothingThatMaySleep() {
        world.declare("shop", V1, 1).sleepy("shop", Duration.ofMinutes(15));
        world.traffic.connected(false);

        world.pass();

        assertThat(world.containers()).isEmpty();
        world.traffic.connected(true);
        world.pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_oldReleaseHasStreams_staysUntilTheyEnd() {
        world.declare("shop", V1, 1).pass();
        world.traffic.streaming(Set.of(world.containers().getFirst().id().shortId()));

        world.declare("shop", V2, 1).pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.containers()).hasSize(2);
        assertThat(world.plan().isEmpty()).isTrue();
        world.traffic.streaming(Set.of());
        world.pass();
        assertThat(world.containers()).hasSize(1);
    }

    @Test
    void converge_candidateFailsItsProbe_keepsTheOldAndTellsAnswerAndLog() {
        world.declare("shop", V1, 1).pass();
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));

        Outcomes outcomes = world.declare("shop", V2, 1).pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.containers()).hasSize(1);
        assertThat(outcomes.all().getFirst())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> {
                            assertThat(failed.next()).isEqualTo(Next.STALL);
                            assertThat(failed.reason()).isEqualTo(ReasonCode.HealthCheckFailed);
                            assertThat(failed.message()).contains("HTTP 500").contains("log");
                        });
        assertThat(outcomes.all().subList(1, 3)).hasOnlyElementsOfType(Outcome.Skipped.class);
    }

    @Test
    void converge_stalledRelease_isNotTriedAgainUntilTheSpecChanges() {
        world.declare("shop", V1, 1).pass();
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));
        world.declare("shop", V2, 1).pass();
        world.engine.forgetCalls();

        Outcomes again = world.pass();

        assertThat(again.all()).hasOnlyElementsOfType(Outcome.Blocked.class);
        assertThat(world.engine.writeCount()).isZero();
        world.traffic.verdict(_ -> Optional.empty());
        world.declare("shop", template("shop:1"), 2).pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:1", "shop:1");
    }

    @Test
    void converge_imageThatExits_isReportedWithCodeAndLog() {
        world.engine.withImage(
                "broken:1", new ImageBehaviour.Exits(3, List.of("cannot find module 'x'")));
        world.traffic.verdict(_ -> Optional.of("connection refused"));

        Outcomes outcomes = world.declare("shop", template("broken:1"), 1).pass();

        assertThat(outcomes.all().get(1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.message()).contains("cannot find module 'x'"));
        assertThat(world.containers()).isEmpty();
    }

    @Test
    void converge_imageMayNotChangeOwners_hintsAtCapabilities() {
        world.engine.withImage(
                "root:1",
                new ImageBehaviour.Exits(
                        1,
                        List.of(
                                "nginx: chown(\"/var/cache\") failed (1: Operation not"
                                        + " permitted)")));
        world.traffic.verdict(_ -> Optional.of("connection refused"));

        Outcomes outcomes = world.declare("shop", template("root:1"), 1).pass();

        assertThat(outcomes.all().get(1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed ->
                                assertThat(failed.message())
                                        .contains("spec.capabilities: [CHOWN, SETGID, SETUID]"));
    }

    @Test
    void converge_oneAppFails_othersGoOn() {
        world.engine.withImage("broken:1", new ImageBehaviour.Exits(1, List.of()));

        world.declare("shop", template("broken:1"), 1).declare("blog", V1, 1).pass();

        assertThat(world.servedImages("blog")).containsExactly("shop:1");
    }

    @Test
    void converge_engineGoesAwayMidway_recoversWithoutDoublesOrOrphans() {
        world.declare("shop", V1, 1).pass();
        world.declare("shop", V2, 2);
        world.engine
                .faults()
                .failNext(
                        EngineCall.START,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "the engine is gone"));

        Outcomes interrupted = world.pass();

        assertThat(interrupted.all().getFirst()).isInstanceOf(Failed.class);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        world.pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:2", "shop:2");
        assertThat(world.containers()).hasSize(2);
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_containerCanNotBeStarted_isMadeAnew() {
        world.declare("shop", V1, 1);
        world.engine
                .faults()
                .failNext(
                        EngineCall.START,
                        new ReconcileException.Transient(
                                ReasonCode.StartFailed, "task already exists"));
        world.pass();
        assertThat(world.containers()).isEmpty();

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_answerOfCreateLost_makesNoSecondContainer() {
        world.declare("shop", V1, 1);
        world.engine.faults().loseAnswerOfNext(EngineCall.CREATE);

        world.pass();
        world.pass();

        assertThat(world.containers()).hasSize(1);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_edgeGone_touchesNothingThatServes() {
        world.declare("shop", V1, 1).pass();
        ContainerView before = world.containers().getFirst();
        world.traffic.connected(false);

        world.declare("shop", V2, 1).pass();
        world.pass();

        assertThat(world.containers()).contains(before);
        world.traffic.connected(true);
        world.pass();
        assertThat(world.servedImages("shop")).containsExactly("shop:2");
        assertThat(world.containers()).hasSize(1);
    }

    @Test
    void converge_candidateOfAnInterruptedPassFails_isRemovedToo() {
        world.declare("shop", V1, 1).pass();
        world.declare("shop", V2, 1);
        world.traffic.connected(false);
        world.pass(); // makes the candidate, can't probe it
        assertThat(world.containers()).hasSize(2);
        world.traffic.connected(true);
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.containers()).hasSize(1);
    }

    @Test
    void converge_adoptedContainerAnswers500ForAWhile_isKeptAndTriedAgain() {
        world.declare("shop", V1, 1).pass();
        world.restartControl();
        world.traffic.forget();
        world.traffic.verdict(_ -> Optional.of("HTTP 500"));
        world.pass();
        assertThat(world.containers()).hasSize(1);
        world.traffic.verdict(_ -> Optional.empty());

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void converge_freshControlAndFreshEdge_adoptsWithoutAnEngineWrite() {
        world.declare("shop", V1, 2).pass();
        world.engine.forgetCalls();
        world.restartControl();
        world.traffic.forget();

        world.pass();

        assertThat(world.engine.writeCount()).isZero();
        assertThat(world.servedImages("shop")).containsExactly("shop:1", "shop:1");
    }

    @Test
    void converge_containerRemovedByHand_isReplaced() {
        world.declare("shop", V1, 2).pass();
        world.engine.byHand().remove(world.containers().getFirst().name());

        Outcomes outcomes = world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1", "shop:1");
        assertThat(outcomes.all().getFirst().change().reasons())
                .extracting(Reason::text)
                .containsExactly("web #1 is missing");
    }

    @Test
    void converge_memoryChangedByHand_isRepaired() {
        world.declare("shop", V1, 1).pass();
        world.engine.byHand().setMemory(world.containers().getFirst().name(), 1L << 20);

        world.pass();

        assertThat(world.containers()).hasSize(1);
        assertThat(world.containers().getFirst().actual().memoryBytes()).isZero();
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_removedApp_leavesVolumesOnly() {
        ContainerTemplate withVolume =
                new ContainerTemplate.Draft("shop:1")
                        .mounts(new TreeMap<>(Map.of("/data", "berth_home_shop_data")))
                        .port(3000, null)
                        .make();
        world.declare("shop", withVolume, 1).pass();

        world.forget("shop").pass();

        assertThat(world.containers()).isEmpty();
        assertThat(world.traffic.table().routes()).isEmpty();
        assertThat(world.engine.volumes()).containsExactly("berth_home_shop_data");
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_suspended_stopsAndAnswers503() {
        world.declare("shop", V1, 1).pass();

        world.declare("shop", V1, 1, App.Strategy.BLUEGREEN, true).pass();

        assertThat(world.containers()).isEmpty();
        assertThat(world.traffic.table().ownedBy(SHOP))
                .extracting(Route::target)
                .containsExactly(new Route.Unavailable("suspended"));
        assertThat(world.plan().isEmpty()).isTrue();
    }

    @Test
    void converge_recreateFails_bringsTheOldReleaseBack() {
        world.declare("shop", V1, 1, App.Strategy.RECREATE, false).pass();
        world.traffic.verdict(
                probe ->
                        world.servedImages("shop").isEmpty() && isV2(probe.backend().container())
                                ? Optional.of("HTTP 500")
                                : Optional.empty());

        world.declare("shop", V2, 1, App.Strategy.RECREATE, false).pass();
        assertThat(world.servedImages("shop")).isEmpty();
        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.containers()).hasSize(1);
    }

    private boolean isV2(String container) {
        return world.containers().stream()
                .anyMatch(
                        c ->
                                c.id().shortId().equals(container)
                                        && V2.hash().text().equals(c.specHash()));
    }

    @Test
    void converge_foreignContainerOfTheSameName_isAConflictAndNotTouched() {
        world.declare("shop", V1, 1);
        String name =
                world.plan().changes().stream()
                        .flatMap(
                                c ->
                                        c instanceof Change.StartRelease start
                                                ? start.release().starts().stream()
                                                : Stream.empty())
                        .findFirst()
                        .orElseThrow()
                        .name();
        world.engine.byHand().run(name, "shop:2", Map.of());

        Outcomes outcomes = world.pass();

        assertThat(outcomes.all().get(1))
                .isInstanceOfSatisfying(
                        Failed.class, f -> assertThat(f.reason()).isEqualTo(ReasonCode.Conflict));
        world.engine.byHand().remove(name);
    }
}
