package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.Condition.Status;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What befalls containers after they got the traffic is in the status, whatever is done of it. */
final class HealthIsWatchedTest {
    private static final ResourceId SHOP = ResourceId.app("shop");

    @TempDir Path directory;
    private final ShiftedClockwork clock = new ShiftedClockwork();

    private Spine serving(ImageBehaviour image, String spec) throws Exception {
        Spine spine = new Spine(directory, clock);
        spine.engine.withImage("shop:1", image);
        spine.commit(1, "{image: 'shop:1', port: 80%s}".formatted(spec));
        PassReport first = spine.reconciler.reconcile(new Trigger.Started());
        assertThat(first.changes())
                .extracting(PassReport.ChangeReport::outcome)
                .containsOnly(PassReport.Result.Done);
        return spine;
    }

    private static @Nullable Condition condition(PassReport report, ConditionType type) {
        return report.resources().stream()
                .filter(s -> s.id().equals(SHOP))
                .findFirst()
                .orElseThrow()
                .condition(type);
    }

    private static PassReport look(Spine spine) throws Exception {
        return spine.reconciler.reconcile(new Trigger.EngineChanged(SHOP, "unhealthy"));
    }

    @Test
    void healthcheckOfTheImageFailsWhileItServes_isReadyNotHealthyAndLeftAlone() throws Exception {
        Spine spine = serving(new ImageBehaviour.Unhealthy(), ", healthcheck: {path: /ok}");
        int writes = spine.engine.writeCount();

        PassReport report = look(spine);

        assertThat(condition(report, ConditionType.Healthy))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.HealthCheckFailed, Condition::reason);
        assertThat(condition(report, ConditionType.Ready)).returns(Status.True, Condition::status);
        assertThat(report.changes()).isEmpty();
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
    }

    @Test
    void healthcheckOfTheImagePasses_isHealthyOnceItHasAnswered() throws Exception {
        Spine spine =
                serving(
                        new ImageBehaviour.HealthyAfter(Duration.ofMinutes(1)),
                        ", healthcheck: {path: /ok}");

        assertThat(condition(look(spine), ConditionType.Healthy))
                .returns(Status.Unknown, Condition::status);
        clock.pass(Duration.ofMinutes(2));
        assertThat(condition(look(spine), ConditionType.Healthy))
                .returns(Status.True, Condition::status);
    }

    @Test
    void imageWithoutHealthcheck_saysNothingOfHealth() throws Exception {
        Spine spine = serving(new ImageBehaviour.Runs(), "");

        assertThat(condition(look(spine), ConditionType.Healthy)).isNull();
    }

    @Test
    void containerThatExitsAgainAndAgain_isFlappingUntilItHasRunForAWhile() throws Exception {
        Spine spine = serving(new ImageBehaviour.Runs(), "");
        String name = spine.engine.containers("home").getFirst().name();
        int writes = spine.engine.writeCount();
        for (int i = 0; i < 4; i++) {
            spine.engine.byHand().crash(name, 3);
        }
        assertThat(condition(look(spine), ConditionType.Healthy)).isNull();

        spine.engine.byHand().crash(name, 3);
        PassReport report = look(spine);

        assertThat(condition(report, ConditionType.Healthy))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.Flapping, Condition::reason)
                .extracting(Condition::message)
                .asString()
                .contains(name, "restarted it 5 times");
        assertThat(condition(report, ConditionType.Ready)).returns(Status.True, Condition::status);
        clock.pass(Duration.ofMinutes(11));
        assertThat(condition(look(spine), ConditionType.Healthy)).isNull();
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
    }

    @Test
    void containerThatTheEngineRestartsInVain_isFlappingWithItsExitCode() throws Exception {
        Spine spine = serving(new ImageBehaviour.Runs(), "");
        String name = spine.engine.containers("home").getFirst().name();
        for (int i = 0; i < 6; i++) {
            spine.engine.byHand().crash(name, 3);
        }
        spine.engine.byHand().crashLoop(name, 137);

        assertThat(condition(look(spine), ConditionType.Healthy))
                .returns(ReasonCode.Flapping, Condition::reason)
                .extracting(Condition::message)
                .asString()
                .contains("with code 137", "restarted it 7 times");
    }

    /** Its restarts are never forgotten by the engine. */
    @Test
    void containerThatFellOften_staysUpAgain_getsTrafficAgain() throws Exception {
        Spine spine = serving(new ImageBehaviour.Runs(), "");
        String name = spine.engine.containers("home").getFirst().name();
        for (int i = 0; i < 6; i++) {
            spine.engine.byHand().crash(name, 3);
        }
        spine.engine.byHand().crashLoop(name, 137);
        look(spine);
        assertThat(spine.traffic.served().inTraffic()).isEmpty();

        spine.engine.byHand().recover(name);

        assertThat(condition(look(spine), ConditionType.Ready))
                .returns(Status.True, Condition::status);
        assertThat(spine.traffic.served().inTraffic()).hasSize(1);
    }

    @Test
    void containerStoppedAfterEachRepair_isFlapping() throws Exception {
        Spine spine = serving(new ImageBehaviour.Runs(), "");
        for (int repair = 1; repair <= 5; repair++) {
            stopped(spine);
            assertThat(condition(look(spine), ConditionType.Ready))
                    .as("repair %d", repair)
                    .returns(Status.True, Condition::status);
            clock.pass(Duration.ofSeconds(repair < 5 ? 170 : 1));
        }
        stopped(spine);

        assertThat(condition(look(spine), ConditionType.Ready))
                .returns(Status.False, Condition::status)
                .returns(ReasonCode.Flapping, Condition::reason)
                .extracting(Condition::message)
                .asString()
                .contains("who or what stops or changes its containers?");
    }

    private static void stopped(Spine spine) throws Exception {
        spine.engine.byHand().stop(spine.engine.containers("home").getFirst().name());
    }
}
