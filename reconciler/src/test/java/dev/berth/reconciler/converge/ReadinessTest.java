package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.converge.Outcome.Failed;
import dev.berth.reconciler.converge.Outcome.Next;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.Readiness;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a container proves itself, and how each of them fails. */
@Timeout(60)
class ReadinessTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir Path directory;
    private World world = new World(Path.of("unset"));
    private final AtomicInteger probes = new AtomicInteger();

    @BeforeEach
    void images() {
        world = new World(directory);
        world.engine.withImages("shop:1");
        world.traffic.verdict(
                _ -> {
                    probes.incrementAndGet();
                    return Optional.empty();
                });
    }

    @AfterEach
    void engine_isSound() {
        assertThat(world.orphansAndDoubles()).isEmpty();
    }

    private static Readiness within(Duration deadline, Readiness.Check check) {
        return new Readiness(check, SHORT, Duration.ofMillis(200), deadline);
    }

    private static Readiness.Check command(String... words) {
        return new Readiness.CommandSucceeds(List.of(words));
    }

    private long calls(EngineCall kind) {
        return world.engine.journal().stream()
                .map(FakeEngine.Entry::call)
                .filter(kind::equals)
                .count();
    }

    private Failed failed(Outcomes outcomes) {
        return outcomes.all().stream()
                .filter(Failed.class::isInstance)
                .map(Failed.class::cast)
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    // The clock on the wall

    @Test
    void deadline_wallClockJumpsForth_isNotNearer() {
        world.clockRuns(Duration.ofHours(1));
        world.declare("shop", template("shop:1"), within(Duration.ofSeconds(30), command("true")));

        assertThat(world.pass().all()).allMatch(Outcome.Done.class::isInstance);
    }

    @Test
    void deadline_wallClockJumpsBack_isNotFarther() {
        world.clockRuns(Duration.ofHours(-1));
        world.declare("shop", template("shop:1"), within(Duration.ofMillis(300), command("false")));

        assertThat(failed(world.pass()).message()).contains("was not ready within");
    }

    // The network

    @Test
    void network_lostWhileItGetsReady_getsNoTraffic() {
        world.declare("shop", template("shop:1"), 1).pass();
        world.engine.withImages("shop:2");
        world.traffic.verdict(
                _ -> {
                    world.containers().stream()
                            .filter(c -> isOf(c, "shop:2"))
                            .forEach(
                                    c ->
                                            world.engine
                                                    .byHand()
                                                    .disconnect(
                                                            c.name(),
                                                            ObjectNames.network(
                                                                    World.INSTANCE, c.owner())));
                    return Optional.empty();
                });

        Failed failure = failed(world.declare("shop", template("shop:2"), 1).pass());

        assertThat(failure.message()).contains("was taken off the network berth_home_shop");
        assertThat(failure.next()).isEqualTo(Next.RETRY);
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    private static boolean isOf(ContainerView container, String image) {
        ContainerTemplate template = container.template();
        return template != null && template.image().equals(image);
    }

    // A command in the container

    @Test
    void command_succeedsTwice_isReadyWithoutAProbe() {
        world.declare("shop", template("shop:1"), within(Duration.ofSeconds(5), command("true")));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(calls(EngineCall.EXEC)).isEqualTo(2);
        assertThat(probes).hasValue(0);
    }

    @Test
    void command_tooSlowOnce_isAskedAgain() {
        world.declare("shop", template("shop:1"), within(Duration.ofSeconds(5), command("true")));
        world.engine
                .faults()
                .failNext(
                        EngineCall.EXEC,
                        new ReconcileException.Transient(
                                ReasonCode.HealthCheckFailed, "not done within 1 s"));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(calls(EngineCall.EXEC)).isEqualTo(3);
    }

    @Test
    void command_alwaysHangs_stallsAtTheDeadlineWithTheLog() {
        world.declare(
                "shop", template("shop:1"), within(Duration.ofSeconds(1), command("sleep", "60")));

        Failed failed = failed(world.pass());

        assertThat(failed.next()).isEqualTo(Next.STALL);
        assertThat(failed.reason()).isEqualTo(ReasonCode.HealthCheckFailed);
        assertThat(failed.message())
                .contains("was not ready within 1 s; health command: ")
                .contains("did not end")
                .contains("web wrote nothing to its log");
        assertThat(calls(EngineCall.EXEC)).isGreaterThan(2);
        assertThat(world.containers()).isEmpty();
    }

    @Test
    void command_fails_stallsWithItsCodeAndOutput() {
        world.declare(
                "shop",
                template("shop:1"),
                within(Duration.ofSeconds(1), command("sh", "-c", "echo no database; exit 3")));

        Failed failed = failed(world.pass());

        assertThat(failed.next()).isEqualTo(Next.STALL);
        assertThat(failed.message()).contains("health command: exit code 3, no database");
    }

    @Test
    void command_engineGoesAway_isTriedAgainAndNotStalled() {
        world.declare("shop", template("shop:1"), within(Duration.ofSeconds(5), command("true")));
        world.engine
                .faults()
                .failNext(
                        EngineCall.EXEC,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "the engine is gone"));

        assertThat(failed(world.pass()).next()).isEqualTo(Next.RETRY);
        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    // A wait that is ended again and again for something more urgent

    @Test
    void wait_endedAgainAndAgain_stallsAtTheDeadlineOfItsBegin() {
        world.declare("shop", template("shop:1"), 1).pass();
        world.engine.withImages("shop:2");
        world.declare(
                "shop",
                template("shop:2"),
                within(Duration.ofMinutes(2), command("sh", "-c", "exit 3")));
        world.hurried();
        Failed first = failed(world.pass());
        world.later(Duration.ofMinutes(1));
        Failed second = failed(world.pass());
        assertThat(List.of(first.reason(), second.reason())).containsOnly(ReasonCode.Superseded);

        world.later(Duration.ofSeconds(61));
        world.unhurried();
        Failed third = failed(world.pass());

        assertThat(third.next()).isEqualTo(Next.STALL);
        assertThat(third.message())
                .contains("was not ready within 120 s; health command: exit code 3");
        assertThat(world.servedImages("shop")).containsExactly("shop:1");
        assertThat(world.containers()).hasSize(1);
    }

    @Test
    void wait_endedAgainAndAgainThoughItIsReady_isServedAfterOneMoreLook() {
        world.declare("shop", template("shop:1"), within(Duration.ofMinutes(2), command("true")));
        world.hurried();
        world.pass();
        world.later(Duration.ofSeconds(121));
        world.unhurried();

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shop:1");
    }

    @Test
    void uptime_waitEndedAgainAndAgain_isCountedThroughAllOfThem() {
        world.declare(
                "shop",
                template("shop:1", null),
                within(Duration.ofMinutes(2), new Readiness.Automatic()));
        world.hurried();
        world.pass();
        world.later(Duration.ofSeconds(121));

        Outcomes outcomes = world.pass();

        assertThat(outcomes.all()).hasOnlyElementsOfType(Outcome.Done.class);
    }

    @Test
    void wait_failedForAnotherReason_beginsAnewTheNextTime() {
        world.declare("shop", template("shop:1"), within(Duration.ofMinutes(2), command("true")));
        world.hurried();
        world.pass();
        world.later(Duration.ofSeconds(121));
        world.unhurried();
        world.engine
                .faults()
                .failNext(
                        EngineCall.EXEC,
                        new ReconcileException.Transient(
                                ReasonCode.EngineUnavailable, "the engine is gone"));
        assertThat(failed(world.pass()).next()).isEqualTo(Next.RETRY);
        world.hurried();

        assertThat(failed(world.pass()).reason())
                .as("it has its deadline again, and its waits are ended as any")
                .isEqualTo(ReasonCode.Superseded);
    }

    // The image's HEALTHCHECK

    @Test
    void healthcheck_passesAfterAWhile_isReadyWithoutAProbe() {
        world.engine.withImage("sick:1", new ImageBehaviour.HealthyAfter(Duration.ofMillis(300)));
        world.declare(
                "shop",
                template("sick:1"),
                within(Duration.ofSeconds(5), new Readiness.Automatic()));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("sick:1");
        assertThat(probes).hasValue(0);
    }

    @Test
    void healthcheck_fails_stallsAtTheDeadline() {
        world.engine.withImage("sick:1", new ImageBehaviour.Unhealthy());
        world.declare(
                "shop",
                template("sick:1"),
                within(Duration.ofSeconds(1), new Readiness.Automatic()));

        Failed failed = failed(world.pass());

        assertThat(failed.next()).isEqualTo(Next.STALL);
        assertThat(failed.message()).contains("HEALTHCHECK says UNHEALTHY").contains("its log");
        assertThat(world.containers()).isEmpty();
    }

    // Between two starts

    @Test
    void automatic_restartingAtTheFirstLook_isProbedOnceItRuns() {
        world.engine.withImage("shaky:1", new ImageBehaviour.RunsAfter(2));
        world.declare(
                "shop",
                template("shaky:1"),
                within(Duration.ofSeconds(10), new Readiness.Automatic()));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shaky:1");
        assertThat(probes).hasValue(1);
    }

    @Test
    void http_restartingAtTheFirstLook_isProbedOnceItRuns() {
        world.engine.withImage("shaky:1", new ImageBehaviour.RunsAfter(1));
        world.declare(
                "shop",
                template("shaky:1"),
                within(Duration.ofSeconds(10), new Readiness.Http("/healthz")));

        world.pass();

        assertThat(world.servedImages("shop")).containsExactly("shaky:1");
        assertThat(probes).hasValue(1);
    }

    @Test
    void automatic_keepsExiting_stallsAtTheThirdRestart() {
        world.engine.withImage("shaky:1", new ImageBehaviour.RunsAfter(9));
        world.declare(
                "shop",
                template("shaky:1"),
                within(Duration.ofSeconds(50), new Readiness.Automatic()));

        Failed failed = failed(world.pass());

        assertThat(failed.next()).isEqualTo(Next.STALL);
        assertThat(failed.message()).contains("keeps exiting: 3 restarts");
        assertThat(probes).hasValue(0);
    }

    @Test
    void uptime_withoutPort_isCountedFromTheLastStart() {
        world.engine.withImage("worker:1", new ImageBehaviour.RunsAfter(1));
        world.declare(
                "shop",
                template("worker:1", null),
                within(Duration.ofSeconds(10), new Readiness.Automatic()));

        Outcomes outcomes = world.pass();

        assertThat(outcomes.all()).hasOnlyElementsOfType(Outcome.Done.class);
        assertThat(probes).hasValue(0);
    }
}
