package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReconcileLoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SLEEPY = "{image: 'shop:1', port: 80, sleep: {after: 10s}}";
    private static final String NEVER_READY =
            """

            ---
            apiVersion: berth/v1
            kind: App
            metadata: {name: sick}
            spec: {image: 'sick:1', healthcheck: {command: ["false"]}}
            """;
    @TempDir Path directory;
    private final Logger log = Logger.getLogger(ReconcileLoop.class.getName());
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord entry) {
                    logged.add(entry);
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        log.addHandler(ear);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(ear);
    }

    @Test
    void close_inTheMiddleOfAPass_isNoBug() {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80, healthcheck: {command: [\"false\"]}}");
        ReconcileLoop loop = new ReconcileLoop(spine.reconciler, _ -> {}, Clockwork.system());
        loop.start();
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                spine.engine.journal().stream()
                                        .anyMatch(entry -> entry.call() == EngineCall.EXEC));

        loop.close();

        assertThat(loop.running()).isFalse();
        assertThat(logged).filteredOn(entry -> Level.SEVERE.equals(entry.getLevel())).isEmpty();
    }

    @Test
    void run_passEndsInAnError_isLoggedAndTheNextOneIsMade() {
        Spine spine = new Spine(directory);
        spine.commit(1, "{image: 'shop:1', port: 80}");
        AtomicInteger passes = new AtomicInteger();
        Consumer<PassReport> board =
                _ -> {
                    if (passes.getAndIncrement() == 0) {
                        throw new NoClassDefFoundError("a jar was taken away");
                    }
                };
        ReconcileLoop loop = new ReconcileLoop(spine.reconciler, board, Clockwork.system());
        loop.start();
        await().atMost(PATIENCE).until(() -> passes.get() == 1);

        loop.wake(new Trigger.EngineBack());

        await().atMost(PATIENCE).until(() -> passes.get() > 1);
        loop.close();
        assertThat(logged)
                .filteredOn(entry -> Level.SEVERE.equals(entry.getLevel()))
                .hasSize(1)
                .allSatisfy(
                        entry ->
                                assertThat(entry.getThrown())
                                        .isInstanceOf(NoClassDefFoundError.class));
    }

    @Test
    void wake_whileAnotherAppIsWaitedFor_startsTheSleepingOneAtOnce() {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1", "sick:1");
        spine.commit(1, SLEEPY);
        ReconcileLoop loop = new ReconcileLoop(spine.reconciler, _ -> {}, Clockwork.system());
        loop.start();
        await().atMost(PATIENCE).until(() -> serves(spine));
        spine.traffic.idle("shop", Duration.ofSeconds(10));
        spine.commit(2, SLEEPY + NEVER_READY);
        loop.wake(new Trigger.RepoChanged("the config repo"));
        await().atMost(PATIENCE)
                .until(() -> spine.engine.containers("home").size() == 1 && !serves(spine));
        spine.traffic.idle("shop", Duration.ZERO);
        spine.traffic.wake(Set.of("shop"));

        loop.wake(new Trigger.WakeRequested(ResourceId.app("shop")));

        await().atMost(PATIENCE).until(() -> serves(spine));
        assertThat(spine.engine.journal())
                .filteredOn(entry -> entry.call() == EngineCall.CREATE)
                .as("one for each start, and what was waited for stays")
                .hasSize(3);
        loop.close();
    }

    @Test
    void wake_manyTimesInARow_isAnsweredByOnePassEach() {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, SLEEPY);
        List<String> passes = new CopyOnWriteArrayList<>();
        ReconcileLoop loop = loop(spine, passes);
        loop.start();
        await().atMost(PATIENCE).until(() -> serves(spine));
        Trigger asked = new Trigger.WakeRequested(ResourceId.app("shop"));

        for (int i = 1; i <= 50; i++) {
            int passesThen = i;
            loop.wake(asked);
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(PATIENCE)
                    .until(() -> Collections.frequency(passes, asked.describe()) >= passesThen);
        }

        // it comes after all that were asked for
        loop.wake(new Trigger.EngineBack());
        await().atMost(PATIENCE).until(() -> passes.contains(new Trigger.EngineBack().describe()));
        loop.close();
        assertThat(Collections.frequency(passes, asked.describe())).isEqualTo(50);
    }

    @Test
    void wake_withoutEnd_doesNotKeepTheRepoFromBeingPolled() throws Exception {
        Spine spine = new Spine(directory, (_, _) -> Duration.ofMillis(300));
        spine.engine.withImages("shop:1");
        spine.commit(1, SLEEPY);
        List<String> revisions = new CopyOnWriteArrayList<>();
        ReconcileLoop loop =
                new ReconcileLoop(
                        spine.reconciler,
                        report -> revisions.add(report.revision()),
                        Clockwork.system());
        loop.start();
        await().atMost(PATIENCE).until(() -> serves(spine));
        Thread asking = Thread.ofVirtual().name("asking").start(() -> askWithoutEnd(loop));
        await().atMost(PATIENCE).until(() -> revisions.size() > 20);
        int before = revisions.size();
        spine.commit(2, SLEEPY);

        try {
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    revisions.stream()
                                            .skip(before)
                                            .anyMatch(now -> !now.equals(revisions.getFirst())));
        } finally {
            asking.interrupt();
            asking.join();
            loop.close();
        }
    }

    private static void askWithoutEnd(ReconcileLoop loop) {
        while (!Thread.currentThread().isInterrupted()) {
            loop.wake(new Trigger.WakeRequested(ResourceId.app("shop")));
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void retryIsDueAllTheTime_passesHaveAPauseBetweenThem() {
        Spine spine = new Spine(directory);
        spine.engine.withImages("shop:1");
        spine.commit(1, "{image: 'shop:1', port: 80}");
        spine.traffic.connected(false);
        List<Instant> passes = new CopyOnWriteArrayList<>();
        ReconcileLoop loop =
                new ReconcileLoop(
                        spine.reconciler,
                        report -> passes.add(report.startedAt()),
                        Clockwork.system());
        loop.start();

        await().atMost(PATIENCE).until(() -> passes.size() >= 4);

        loop.close();
        assertThat(Duration.between(passes.getFirst(), passes.get(3)))
                .isGreaterThan(Duration.ofMillis(2500));
    }

    @Test
    void run_scheduleDue_makesAPassInTimeThatLooksAtNoRepo() throws Exception {
        ShiftedClockwork clock = new ShiftedClockwork();
        Duration toTheMinute =
                Duration.between(
                        clock.instant(),
                        clock.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1)));
        clock.set(toTheMinute.minusSeconds(3)); // 3 s before an hour
        Spine spine = new Spine(directory, clock);
        spine.engine.withImages("shop:1");
        spine.commit(
                1,
                "{image: 'shop:1', port: 80, cron: [{name: a, schedule: '@hourly', command: [sh, -c, 'true']}]}");
        List<String> passes = new CopyOnWriteArrayList<>();
        ReconcileLoop loop =
                new ReconcileLoop(spine.reconciler, report -> passes.add(report.trigger()), clock);
        loop.start();

        await().atMost(PATIENCE).until(() -> passes.contains(new Trigger.ScheduleDue().describe()));
        await().atMost(PATIENCE).until(() -> spine.engine.runs("home").size() == 1);

        assertThat(passes).doesNotContain(new Trigger.Poll().describe());
        assertThat(spine.engine.runs("home"))
                .singleElement()
                .matches(run -> run.run().endsWith("00"));
        loop.close();
    }

    private static ReconcileLoop loop(Spine spine, List<String> passes) {
        return new ReconcileLoop(
                spine.reconciler, report -> passes.add(report.trigger()), Clockwork.system());
    }

    private static boolean serves(Spine spine) {
        return spine.traffic.table().ownedBy(ResourceId.app("shop")).stream()
                .anyMatch(
                        route ->
                                route.target() instanceof Route.Proxy(var backends)
                                        && !backends.isEmpty());
    }
}
