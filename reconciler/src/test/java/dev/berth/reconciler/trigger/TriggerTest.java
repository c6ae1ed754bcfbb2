package dev.berth.reconciler.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TriggerTest {
    private static final List<Trigger> EACH =
            List.of(
                    new Trigger.Started(),
                    new Trigger.Poll(),
                    new Trigger.RepoChanged("https://example.com/config"),
                    new Trigger.EngineChanged(ResourceId.parse("app/shop"), "die"),
                    new Trigger.EngineBack(),
                    new Trigger.EdgeConnected(),
                    new Trigger.HistoryRead(),
                    new Trigger.WakeRequested(ResourceId.parse("app/shop")),
                    new Trigger.RetryDue(),
                    new Trigger.StandingChanged(),
                    new Trigger.WorkEnded(),
                    new Trigger.ScheduleDue(),
                    new Trigger.CertificateChanged("shop.example.com"));

    @Test
    void describe_eachTrigger_saysWhatHappened() {
        assertThat(EACH.stream().map(Trigger::describe))
                .containsExactly(
                        "Berth started",
                        "poll",
                        "push to https://example.com/config",
                        "engine: die of a container of app/shop",
                        "the events of the engine can be followed",
                        "the edge connected",
                        "what was before Berth started is known",
                        "a request for app/shop, which sleeps",
                        "retry of what failed",
                        "whether this Berth writes has changed",
                        "work has ended that went on after its pass",
                        "something is due by the clock",
                        "the certificate of shop.example.com");
    }

    @Test
    void permitted_everyTrigger_isDescribedAbove() {
        Set<Class<?>> described = EACH.stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(described).containsExactlyInAnyOrder(Trigger.class.getPermittedSubclasses());
    }
}
