package dev.berth.reconciler.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.converge.Workers.Answer;
import dev.berth.reconciler.plan.Change;
import dev.berth.reconciler.plan.Reason;
import dev.berth.reconciler.plan.Wanted;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Commit;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ResourceId BLOG = ResourceId.app("blog");

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger rung = new AtomicInteger();
    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final Workers workers =
            new Workers(this::untilToldToGoOn, rung::incrementAndGet, Clockwork.system());

    @AfterEach
    void end() {
        workers.stop();
        await().atMost(PATIENCE).until(workers::idle);
    }

    private List<Outcome> untilToldToGoOn(
            Assignment assignment, Turn turn, Consumer<String> phase) {
        begun.add(assignment.wanted().generation());
        phase.accept("awaiting");
        Change change = assignment.changes().getFirst();
        try {
            var _ =
                    turn.during(
                            () -> {
                                goOn.await();
                                return true;
                            });
            return List.of(new Outcome.Done(change, Duration.ZERO));
        } catch (ReconcileException e) {
            return List.of(
                    new Outcome.Failed(
                            change, Duration.ZERO, Outcome.Next.WAIT, e.reason(), e.getMessage()));
        }
    }

    private static Assignment assignment(ResourceId resource, long pass, String generation) {
        return new Assignment(
                pass,
                new Commit("", null),
                "home",
                resource,
                new Wanted(generation, List.of()),
                List.of(
                        new Change.SwitchTraffic(
                                resource,
                                List.of(),
                                new Change.ToNothing("of pass " + pass),
                                List.of(new Reason.FirstDeployment()))));
    }

    private static Assignment removal(long pass) {
        return new Assignment(
                pass,
                new Commit("", null),
                "home",
                SHOP,
                Wanted.NOTHING,
                List.of(
                        new Change.RemoveResource(
                                SHOP,
                                List.of(),
                                List.of(),
                                null,
                                Duration.ZERO,
                                List.of(),
                                List.of(new Reason.RemovedFromConfig()))));
    }

    private void awaitBegun(int times) {
        await().atMost(PATIENCE).until(() -> begun.size() == times);
    }

    @Test
    void offer_toOneThatRests_starts() {
        assertThat(workers.offer(assignment(SHOP, 1, "a"), true)).isEqualTo(Answer.STARTED);

        awaitBegun(1);
        assertThat(workers.busy(SHOP)).isTrue();
        assertThat(workers.busy(BLOG)).isFalse();
        await().atMost(PATIENCE)
                .until(
                        () ->
                                workers.working().values().stream()
                                        .map(Workers.Working::phase)
                                        .toList()
                                        .equals(List.of("awaiting")));
    }

    @Test
    void offer_ofTheSame_goesOn() {
        workers.offer(assignment(SHOP, 1, "a"), true);

        assertThat(workers.offer(assignment(SHOP, 2, "a"), true)).isEqualTo(Answer.GOES_ON);

        goOn.countDown();
        await().atMost(PATIENCE).until(workers::idle);
        assertThat(begun).containsExactly("a");
        assertThat(workers.takeEnded(2)).isEmpty();
        assertThat(workers.takeEnded(1))
                .singleElement()
                .satisfies(
                        ended ->
                                assertThat(ended.outcomes())
                                        .hasOnlyElementsOfType(Outcome.Done.class));
        assertThat(workers.hasEnded()).isFalse();
    }

    @Test
    void offer_ofAnother_cancelsAndStartsNothing() {
        workers.offer(assignment(SHOP, 1, "a"), true);

        assertThat(workers.offer(assignment(SHOP, 2, "b"), true)).isEqualTo(Answer.CANCELLING);

        await().atMost(PATIENCE).until(workers::idle);
        assertThat(begun).containsAnyOf("a").doesNotContain("b");
        assertThat(rung).hasValue(1);
        assertThat(workers.look().ended())
                .singleElement()
                .satisfies(
                        ended ->
                                assertThat(ended.outcomes().getFirst())
                                        .isInstanceOfSatisfying(
                                                Outcome.Failed.class,
                                                failed ->
                                                        assertThat(failed.reason())
                                                                .isEqualTo(ReasonCode.Superseded)));
    }

    @Test
    void offer_endedSinceItWasLookedAt_startsNothing() {
        assertThat(workers.offer(assignment(SHOP, 1, "a"), false)).isEqualTo(Answer.LOOK_AGAIN);

        assertThat(workers.idle()).isTrue();
    }

    @Test
    void offer_toAnother_worksBeside() {
        workers.offer(assignment(SHOP, 1, "a"), true);
        workers.offer(assignment(BLOG, 1, "b"), true);

        awaitBegun(2);
        assertThat(workers.look().working()).containsOnlyKeys(SHOP, BLOG);
    }

    @Test
    void offer_wantedAgainWhileItIsRemoved_endsTheRemoval() {
        workers.offer(removal(1), true);
        assertThat(workers.onlyRemoves()).isTrue();

        assertThat(workers.offer(assignment(SHOP, 2, ""), true)).isEqualTo(Answer.CANCELLING);

        await().atMost(PATIENCE).until(workers::idle);
    }

    @Test
    void cancelUnless_worthIt_goesOn() {
        workers.offer(assignment(SHOP, 1, "a"), true);
        workers.offer(assignment(BLOG, 1, "b"), true);

        workers.cancelUnless(work -> work.resource().equals(SHOP));

        await().atMost(PATIENCE).until(() -> !workers.busy(BLOG));
        assertThat(workers.busy(SHOP)).isTrue();
    }

    @Test
    void stop_endsAllAndStartsNoMore() {
        workers.offer(assignment(SHOP, 1, "a"), true);

        workers.stop();

        await().atMost(PATIENCE).until(workers::idle);
        assertThat(workers.offer(assignment(SHOP, 2, "a"), true)).isEqualTo(Answer.CLOSED);
    }
}
