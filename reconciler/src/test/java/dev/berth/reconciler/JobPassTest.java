package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job from commit to status. */
final class JobPassTest {
    private static final ResourceId IMPORT = new ResourceId(Kind.Job, "import");
    private static final String JOB =
            "{image: shop, port: 80}\n---\napiVersion: berth/v1\nkind: Job\nmetadata: {name: import}\nspec: ";
    @TempDir Path directory = Path.of("");

    private static Condition ready(PassReport pass) {
        return pass.resources().stream()
                .filter(status -> status.id().equals(IMPORT))
                .map(status -> Objects.requireNonNull(status.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void reconcile_job_runsOnceAndIsReadyWhenItHasEndedWell() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop").withImage("tools", new ImageBehaviour.Exits(0, List.of()));
        spine.commit(1, JOB + "{image: tools}");

        assertThat(ready(spine.reconciler.reconcile(new Trigger.Poll())).reason())
                .isEqualTo(ReasonCode.Progressing);
        assertThat(ready(spine.reconciler.reconcile(new Trigger.Poll())).reason())
                .isEqualTo(ReasonCode.JobSucceeded);
        spine.commit(2, JOB + "{image: tools, timeout: 9m}");
        spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(spine.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(1);
    }

    @Test
    void reconcile_jobFails_isStalledAndNotRunAgain() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop").withImage("tools", new ImageBehaviour.Exits(4, List.of()));
        spine.commit(1, JOB + "{image: tools}");
        spine.reconciler.reconcile(new Trigger.Poll());

        Condition ready = ready(spine.reconciler.reconcile(new Trigger.Poll()));

        assertThat(ready.status()).isEqualTo(Condition.Status.False);
        assertThat(ready.reason()).isEqualTo(ReasonCode.JobFailed);
        assertThat(ready.message()).contains("code 4", "berth_home_import_job_");
        assertThat(spine.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(1);
    }

    @Test
    void reconcile_imageMissing_waitsForItsTimeAndThenRuns() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop");
        spine.commit(1, JOB + "{image: tools}");
        spine.reconciler.reconcile(new Trigger.Poll());
        int writes = spine.engine.writeCount();

        Condition ready = ready(spine.reconciler.reconcile(new Trigger.Poll()));
        spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(ready.reason()).isEqualTo(ReasonCode.PullFailed);
        assertThat(spine.engine.writeCount()).isEqualTo(writes);
    }

    @Test
    void reconcile_jobThatCouldNotBeStartedIsMended_runsOnce() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine
                .withImages("shop")
                .withImage("wrong", new ImageBehaviour.RefusesToStart("no such file: imprt"))
                .withImage("tools", new ImageBehaviour.Exits(0, List.of()));
        spine.commit(1, JOB + "{image: wrong}");
        assertThat(ready(spine.reconciler.reconcile(new Trigger.Poll())).reason())
                .isEqualTo(ReasonCode.StartFailed);
        assertThat(spine.engine.runs("home")).as("what was made for it").hasSize(1);

        spine.commit(2, JOB + "{image: tools}");
        spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(ready(spine.reconciler.reconcile(new Trigger.Poll())).reason())
                .isEqualTo(ReasonCode.JobSucceeded);
        assertThat(spine.engine.runs("home")).extracting(RunView::succeeded).containsExactly(true);
    }

    /** It is nobody's job any more, and is no less over its time. */
    @Test
    void reconcile_jobRunsOverItsTimeAndItsSpecChanged_isStopped() throws Exception {
        ShiftedClockwork clock = new ShiftedClockwork();
        Spine spine = new Spine(directory, clock);
        spine.engine.withImages("shop", "tools", "others");
        spine.commit(1, JOB + "{image: tools, timeout: 9m}");
        spine.reconciler.reconcile(new Trigger.Poll());
        spine.commit(2, JOB + "{image: others, timeout: 9m}");
        spine.reconciler.reconcile(new Trigger.Poll());
        assertThat(spine.engine.runs("home")).extracting(RunView::running).containsExactly(true);

        clock.pass(Duration.ofMinutes(10));
        Condition ready = ready(spine.reconciler.reconcile(new Trigger.Poll()));

        assertThat(spine.engine.runs("home")).extracting(RunView::running).containsExactly(false);
        assertThat(ready.reason()).isEqualTo(ReasonCode.Conflict);
    }

    @Test
    void reconcile_jobRemoved_leavesNothing() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop", "tools");
        spine.commit(1, JOB + "{image: tools}");
        spine.reconciler.reconcile(new Trigger.Poll());
        spine.commit(2, "{image: shop, port: 80}");
        spine.reconciler.reconcile(new Trigger.Poll());

        assertThat(spine.engine.runs("home")).isEmpty();
        assertThat(spine.engine.networks("home")).containsOnlyKeys(ResourceId.app("shop"));
    }
}
