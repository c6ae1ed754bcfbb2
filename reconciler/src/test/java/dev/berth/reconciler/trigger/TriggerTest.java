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
                    new Trigger.EngineEvent(ResourceId.parse("app/shop"), "die"),
                    new Trigger.EngineBack(),
                    new Trigger.EdgeReported(),
                    new Trigger.Retry(1),
                    new Trigger.Manual("a test"));

    @Test
    void describe_eachTrigger_saysWhatHappened() {
        assertThat(EACH.stream().map(Trigger::describe))
                .containsExactly(
                        "Berth started",
                        "time to look again",
                        "push to https://example.com/config",
                        "engine says die of a container of app/shop",
                        "the engine answers again",
                        "the edge reported",
                        "again after a failure",
                        "asked by a test");
        assertThat(new Trigger.Retry(3).describe()).isEqualTo("again after 3 failures");
    }

    @Test
    void permitted_everyTrigger_isDescribedAbove() {
        Set<Class<?>> described = EACH.stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(described).containsExactlyInAnyOrder(Trigger.class.getPermittedSubclasses());
    }
}
