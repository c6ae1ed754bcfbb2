package dev.berth.reconciler.converge;

import static dev.berth.reconciler.converge.World.SHOP;
import static dev.berth.reconciler.converge.World.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.live.FailedAttempt;
import dev.berth.reconciler.plan.Change;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecoveryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    @TempDir Path directory;
    private final Recovery recovery = new Recovery();

    private Duration repairedAt(Instant now, String generation) {
        recovery.repaired(SHOP, generation, now);
        return Duration.between(now, hold().retryAt());
    }

    private FailedAttempt hold() {
        FailedAttempt hold = recovery.holds().get(SHOP);
        if (hold == null) {
            throw new AssertionError("nothing is held");
        }
        return hold;
    }

    @Test
    void repaired_againAndAgain_waitsThreeTimesAsLongUpToFiveMinutes() {
        List<Long> waits =
                IntStream.range(0, 7).mapToObj(_ -> repairedAt(NOW, "a").toSeconds()).toList();

        assertThat(waits).containsExactly(2L, 6L, 18L, 54L, 162L, 300L, 300L);
    }

    @Test
    void clockWasSet_backAndForth_waitsAsLongAsBefore() {
        recovery.repaired(SHOP, "a", NOW);
        for (Duration by : List.of(Duration.ofMinutes(-44), Duration.ofDays(300))) {
            Instant before = hold().retryAt();

            recovery.clockWasSet(by);

            assertThat(hold().retryAt()).isEqualTo(before.plus(by));
        }
    }

    @Test
    void repaired_fiveTimes_isFlapping() {
        for (int i = 0; i < 4; i++) {
            recovery.repaired(SHOP, "a", NOW);
        }
        assertThat(hold().reason()).isEqualTo(ReasonCode.ProgressingWithRetry);

        recovery.repaired(SHOP, "a", NOW);

        assertThat(hold().reason()).isEqualTo(ReasonCode.Flapping);
        assertThat(hold().permanent()).isFalse();
    }

    @Test
    void repaired_afterACalmWhile_beginsAnew() {
        recovery.repaired(SHOP, "a", NOW);
        recovery.repaired(SHOP, "a", NOW);

        assertThat(repairedAt(NOW.plusSeconds(6 + 299), "a")).hasSeconds(18);
        assertThat(repairedAt(NOW.plusSeconds(1000), "a")).hasSeconds(2);
    }

    @Test
    void repaired_anotherGeneration_beginsAnew() {
        recovery.repaired(SHOP, "a", NOW);

        assertThat(repairedAt(NOW, "b")).hasSeconds(2);
        recovery.retain(Set.of());
        assertThat(recovery.holds()).isEmpty();
    }

    @Test
    void containerRemovedByHandTwice_isReplacedAtOnceAndThenAfterAWhile() {
        World world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", template("shop:1"), 2).pass();
        removeOne(world);
        world.pass();
        assertThat(world.servedImages("shop")).hasSize(2);
        removeOne(world);

        Outcomes second = world.pass();

        assertThat(second.all())
                .filteredOn(Outcome.Blocked.class::isInstance)
                .extracting(Outcome::change)
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.Blocked.class,
                        blocked -> {
                            assertThat(blocked.code()).isEqualTo(ReasonCode.ProgressingWithRetry);
                            assertThat(blocked.byPerson()).isFalse();
                        });
        assertThat(world.servedImages("shop")).as("the other goes on serving").hasSize(1);
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> {
                            world.pass();
                            return world.servedImages("shop").size() == 2;
                        });
    }

    @Test
    void repairWhoseSwitchFails_isNoRepairYet() {
        World world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", template("shop:1"), 2).pass();
        removeOne(world);
        world.traffic.verdict(
                _ -> {
                    world.traffic.connected(false);
                    return Optional.empty();
                });
        Outcomes repair = world.pass();
        assertThat(repair.all()).hasAtLeastOneElementOfType(Outcome.Failed.class);
        assertThat(repair.all().getFirst()).isInstanceOf(Outcome.Done.class);
        world.traffic.verdict(_ -> Optional.empty());
        world.traffic.connected(true);
        removeOne(world);

        world.pass();

        assertThat(world.servedImages("shop")).as("it is the first repair").hasSize(2);
    }

    @Test
    void repairThatEndsBeforeALookThatSeesNothing_counts() {
        World world = new World(directory);
        world.engine.withImages("shop:1");
        world.declare("shop", template("shop:1"), 2).pass();
        removeOne(world);
        world.glance();
        await().atMost(Duration.ofSeconds(20)).until(world::rests);
        world.blindPass();
        removeOne(world);

        Outcomes second = world.glance();

        assertThat(second.all()).hasAtLeastOneElementOfType(Outcome.Blocked.class);
        await().atMost(Duration.ofSeconds(20)).until(world::rests);
    }

    private static void removeOne(World world) {
        world.engine.byHand().remove(world.containers().getFirst().name());
    }
}
