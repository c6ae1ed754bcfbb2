package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.semantics.Controls.Control;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a restart must not forget: what failed, and what is never to run again. */
final class RestartRemembersTest {
    private static final String JOB =
            "{image: 'shop:1'}\n---\napiVersion: berth/v1\nkind: Job\nmetadata: {name: import}\nspec: {image: tools}\n";

    private final Controls controls = new Controls(3);

    private Control restarted(Control before) {
        before.process.kill();
        return controls.start(before.home);
    }

    private int calls(EngineCall kind) {
        return controls.engine.writes().getOrDefault(kind, 0);
    }

    private static Condition condition(Control control, ResourceId id, ConditionType type) {
        return Objects.requireNonNull(control.newest, "no pass").resources().stream()
                .filter(resource -> resource.id().equals(id))
                .map(resource -> Objects.requireNonNull(resource.condition(type)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void releaseThatFailed_isNotTriedAgain() {
        controls.engine.withImage("shop:1", new ImageBehaviour.Exits(3, List.of("no database")));
        controls.commit("{image: 'shop:1'}");
        Control control = controls.start("ann");
        controls.time.pass(Duration.ofMinutes(5));
        ResourceId shop = ResourceId.app("shop");
        assertThat(condition(control, shop, ConditionType.Stalled).status())
                .isEqualTo(Condition.Status.True);
        controls.engine.forgetCalls();

        Control next = restarted(control);
        controls.time.pass(Duration.ofMinutes(30));

        assertThat(controls.engine.writes()).isEmpty();
        assertThat(condition(next, shop, ConditionType.Ready).message()).contains("no database");
        controls.commit("{image: 'shop:1', env: {A: b}}");
        controls.time.pass(Duration.ofMinutes(1));
        assertThat(calls(EngineCall.CREATE)).isPositive();
    }

    @Test
    void pullThatFailsForNow_goesOnWithItsGrowingPauses() {
        for (int i = 0; i < 20; i++) {
            controls.engine
                    .faults()
                    .failNext(
                            EngineCall.PULL, new Transient(ReasonCode.PullFailed, "registry busy"));
        }
        controls.commit("{image: 'shop:1'}");
        Control control = controls.start("ann");
        controls.time.pass(Duration.ofSeconds(80)); // tried after 0, 2, 6, 14, 30, 62 s
        assertThat(calls(EngineCall.PULL)).isEqualTo(6);

        restarted(control);
        controls.time.pass(Duration.ofSeconds(30));
        assertThat(calls(EngineCall.PULL)).isEqualTo(6);

        controls.time.pass(Duration.ofSeconds(20)); // and after 126 s
        assertThat(calls(EngineCall.PULL)).isEqualTo(7);
    }

    @Test
    void jobWhoseContainerWasRemovedByHand_doesNotRunAgain() {
        controls.engine
                .withImages("shop:1")
                .withImage("tools", new ImageBehaviour.Exits(0, List.of()));
        controls.commit(JOB);
        Control control = controls.start("ann");
        controls.time.pass(Duration.ofMinutes(1));
        String container =
                controls.engine.contents().containers().stream()
                        .map(item -> item.name())
                        .filter(name -> name.contains("_import_"))
                        .findFirst()
                        .orElseThrow();
        controls.engine.byHand().remove(container);
        controls.time.pass(Duration.ofMinutes(1));

        Control next = restarted(control);
        controls.time.pass(Duration.ofMinutes(1));

        assertThat(calls(EngineCall.CREATE_RUN)).isEqualTo(1);
        Condition ready = condition(next, new ResourceId(Kind.Job, "import"), ConditionType.Ready);
        assertThat(ready.status()).isEqualTo(Condition.Status.True);
        assertThat(ready.message()).contains("ended with code 0", "gone");
    }

    @Test
    void nothingIsLearnt_nothingIsWritten() {
        controls.engine.withImages("shop:1");
        controls.commit("{image: 'shop:1'}");
        controls.start("ann");
        controls.time.pass(Duration.ofMinutes(1));
        int before = controls.remembered;

        controls.time.pass(Duration.ofMinutes(30));

        assertThat(controls.remembered).isEqualTo(before).isLessThan(5);
    }
}
