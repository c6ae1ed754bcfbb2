package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.live.Memory;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Wanted;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What one process leaves to the next. */
final class FailuresMemoryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    private static Memory memory(@Nullable Instant retryAt, Instant notBefore) {
        return new Memory(
                Map.of(
                        SHOP.toString(),
                        new Memory.Failure("a", 4, retryAt, ReasonCode.PullFailed, "busy")),
                Map.of(SHOP.toString(), "z"),
                Map.of(SHOP.toString(), new Memory.Repair("a", 5, notBefore)),
                Map.of());
    }

    private static FailedAttempt recalled(Memory memory) {
        Failures failures = new Failures(_ -> Duration.ZERO);
        failures.recall(memory, NOW);
        return Objects.requireNonNull(failures.standing().get(SHOP));
    }

    @Test
    void recall_goesOnWhereItWas() {
        Memory memory = memory(NOW.plusSeconds(30), NOW.plusSeconds(200));
        Failures failures = new Failures(_ -> Duration.ZERO);

        failures.recall(memory, NOW);

        assertThat(failures.memory(Map.of())).isEqualTo(memory);
        assertThat(failures.nextRetry(_ -> false)).contains(NOW.plusSeconds(30));
        FailedAttempt standing = recalled(memory);
        assertThat(standing.attempts()).isEqualTo(4);
        assertThat(Objects.requireNonNull(standing.hold()).reason()).isEqualTo(ReasonCode.Flapping);
    }

    @Test
    void recall_clockWasSetBack_waitsNoLongerThanEver() {
        Instant far = NOW.plus(Duration.ofDays(300));

        FailedAttempt standing = recalled(memory(far, far));

        assertThat(standing.retryAt()).isEqualTo(NOW.plus(Duration.ofMinutes(5)));
        assertThat(Objects.requireNonNull(standing.hold()).retryAt())
                .isEqualTo(NOW.plus(Duration.ofMinutes(5)));
    }

    @Test
    void recall_stalled_staysSo() {
        assertThat(recalled(memory(null, NOW)).permanent()).isTrue();
    }

    @Test
    void registriesAre_anotherLogin_triesWhatWasRefusedAgain() {
        Failures failures = new Failures(_ -> Duration.ZERO);
        failures.recall(memory(null, NOW), NOW);

        failures.registriesAre("", NOW);
        assertThat(Objects.requireNonNull(failures.standing().get(SHOP)).permanent()).isTrue();
        failures.registriesAre("registry.example.com ci v1", NOW);

        assertThat(Objects.requireNonNull(failures.standing().get(SHOP)).retryAt()).isEqualTo(NOW);
    }

    @Test
    void registriesAre_theSameAfterARestart_changesNothing() {
        Failures before = new Failures(_ -> Duration.ZERO);
        before.registriesAre("registry.example.com ci v1", NOW);
        before.recall(memory(null, NOW), NOW);
        before.registriesAre("registry.example.com ci v1", NOW);
        Failures after = new Failures(_ -> Duration.ZERO);
        Memory left = before.memory(Map.of());
        after.recall(
                new Memory(
                        memory(null, NOW).failures(),
                        left.worked(),
                        left.repairs(),
                        left.jobs(),
                        left.registries()),
                NOW);

        after.registriesAre("registry.example.com ci v1", NOW);

        assertThat(Objects.requireNonNull(after.standing().get(SHOP)).permanent()).isTrue();
    }

    @Test
    void learn_whatIsLeftOfAStalledReleaseCannotBeRemoved_isNotTriedAgainForThat() {
        Failures failures = new Failures(_ -> Duration.ZERO);
        failures.recall(memory(null, NOW), NOW);
        Change retire =
                new Change.RetireContainers(
                        SHOP, List.of(), Duration.ZERO, false, Change.Patience.NONE, List.of());
        Outcome.Failed failed =
                new Outcome.Failed(
                        retire,
                        Duration.ZERO,
                        Outcome.Next.RETRY,
                        ReasonCode.EngineUnavailable,
                        "the engine does not answer");

        Wanted wanted = new Wanted("a", List.of());
        failures.learn(
                List.of(new Ended(1, new Commit("", null), SHOP, wanted, List.of(failed))), NOW);

        FailedAttempt standing = Objects.requireNonNull(failures.standing().get(SHOP));
        assertThat(standing.permanent()).isTrue();
        assertThat(standing.reason()).isEqualTo(ReasonCode.PullFailed);
    }
}
