package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReconcilerTest {
    @TempDir Path directory;

    @Test
    void reconcile_repoUnreachableAfterANewerCommitWasSeen_stillRollsOut() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80}");
        spine.reconciler.reconcile(new Trigger.Started());
        spine.commit(2, "{image: 'shop:1', port: 80}");
        spine.reconciler.reconcile(new Trigger.RepoChanged("the config repo"));
        spine.unreachable(1);
        spine.engine.byHand().remove(spine.engine.containers("home").getFirst().name());

        spine.reconciler.reconcile(new Trigger.Poll());

        ContainerView anew = spine.engine.containers("home").getFirst();
        Route served = spine.traffic.table().routes().getFirst();
        assertThat(((Route.Proxy) served.target()).backends())
                .extracting(Backend::container)
                .containsExactly(anew.id().shortId());
    }

    @Test
    void reconcile_sleepingAppIsAskedFor_looksAtNoRepo() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80, sleep: {after: 10s}}");
        PassReport read = spine.reconciler.reconcile(new Trigger.Started());
        spine.commit(2, "{image: 'shop:1', port: 80, sleep: {after: 10s}}");

        PassReport woken =
                spine.reconciler.reconcile(new Trigger.WakeRequested(ResourceId.app("shop")));

        assertThat(woken.revision()).isEqualTo(read.revision());
        assertThat(spine.reconciler.reconcile(new Trigger.Poll()).revision())
                .isNotEqualTo(read.revision());
    }

    @Test
    void nextRetry_clockSetBackSinceThePass_isNotLater() throws Exception {
        ShiftedClockwork clock = new ShiftedClockwork();
        Spine spine = new Spine(directory, clock);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80}");
        spine.traffic.connected(false);
        spine.reconciler.reconcile(new Trigger.Started());

        clock.set(Duration.ofDays(-1));

        assertThat(spine.reconciler.nextRetry())
                .hasValueSatisfying(
                        at ->
                                assertThat(Duration.between(clock.instant(), at))
                                        .isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
    }

    @Test
    void reconcile_workHasEnded_looksAtNoRepo() throws Exception {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80}");
        PassReport read = spine.reconciler.reconcile(new Trigger.Started());
        spine.commit(2, "{image: 'shop:1', port: 80}");

        PassReport after = spine.reconciler.reconcile(new Trigger.WorkEnded());

        assertThat(after.revision()).isEqualTo(read.revision());
    }
}
