package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.DesiredCron;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import org.junit.jupiter.api.Test;

final class WantedTest {
    private static final ResourceId PRUNE = DesiredCron.id(ResourceId.app("shop"), "prune");

    @Test
    void of_whatASuspendedAppRunsByTheClock_isNotWanted() {
        Scene serving =
                new Scene()
                        .app(
                                "shop",
                                Scene.template("shop:1"),
                                1,
                                Scene.cron("@hourly", App.Concurrency.FORBID));
        Scene suspended =
                new Scene()
                        .app(
                                "shop",
                                Scene.template("shop:1"),
                                1,
                                a ->
                                        Scene.cron("@hourly", App.Concurrency.FORBID)
                                                .apply(a)
                                                .edit()
                                                .suspended(true)
                                                .make());

        assertThat(Wanted.of(serving.desired())).containsKey(PRUNE);
        assertThat(Wanted.of(suspended.desired())).doesNotContainKey(PRUNE);
    }
}
