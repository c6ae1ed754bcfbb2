package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventTest {
    private static ResourceStatus ready(Condition.Status status, Instant since) {
        return SamplePasses.status(
                ResourceId.app("shop"),
                new Condition(
                        ConditionType.Ready, status, ReasonCode.Succeeded, "", "9b2f4c", since));
    }

    private static Event turned(ResourceStatus before, ResourceStatus now) {
        List<Event> events =
                Event.of(SamplePasses.pass(1, List.of(), List.of(now)), List.of(before));
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    @Test
    void of_conditionThatTurned_saysWhoWhyAndHowLongItStoodOtherwise() {
        ResourceStatus failed = ready(Condition.Status.False, SamplePasses.START);
        ResourceStatus well = ready(Condition.Status.True, SamplePasses.START.plusSeconds(150));

        assertThat(turned(failed, well))
                .returns("Ready: False -> True", Event::what)
                .returns("Ada Lovelace <ada@example.com>", Event::who)
                .returns(List.of("Succeeded"), Event::reasons)
                .returns(Duration.ofSeconds(150), Event::duration);
    }

    @Test
    void of_certificate_isAnEventOnceItIsThereOrLost() {
        ResourceStatus none = certified(Condition.Status.False);
        ResourceStatus there = certified(Condition.Status.True);

        assertThat(Event.of(SamplePasses.pass(1, List.of(), List.of(none)), List.of())).isEmpty();
        assertThat(turned(none, there).what()).isEqualTo("CertificateReady: False -> True");
        assertThat(turned(there, none).what()).isEqualTo("CertificateReady: True -> False");
    }

    private static ResourceStatus certified(Condition.Status status) {
        return SamplePasses.status(
                ResourceId.app("shop"),
                SamplePasses.condition(
                        ConditionType.CertificateReady, status, ReasonCode.Succeeded, ""));
    }

    @Test
    void of_conditionThatTurnedAfterTheClockWasSetBack_stoodForNoTime() {
        ResourceStatus failed = ready(Condition.Status.False, SamplePasses.START);
        ResourceStatus well = ready(Condition.Status.True, SamplePasses.START.minusSeconds(150));

        assertThat(turned(failed, well).duration()).isZero();
    }
}
