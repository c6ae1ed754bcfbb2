package dev.berth.reconciler.build.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.Build.Step;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class BuildQueueTest {
    @TempDir Path directory = Path.of("");
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final InMemoryBuildStore store = new InMemoryBuildStore(clock);
    private final AtomicInteger atOnce = new AtomicInteger(1);
    private BuildBook book = book("home");
    private BuildQueue queue = new BuildQueue(book, atOnce::get);

    @BeforeEach
    void open() {
        control("home");
    }

    private BuildBook book(String home) {
        return new BuildBook(store, logs(), home, text -> text.replace("s3cret", "*"), clock);
    }

    private BuildLogs logs() {
        return new BuildLogs(directory, line -> line);
    }

    /** A new process of a home. */
    private void control(String home) {
        book = book(home);
        queue = new BuildQueue(book, atOnce::get);
    }

    private static Order order(String app, String hash) {
        return new Order(
                ResourceId.app(app), "berth/%s:%s".formatted(app, hash), null, "c".repeat(40));
    }

    private Build only() {
        List<Build> all = book.underway();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private String log(Build build) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        logs().copyTo(build.id(), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<Phase> phases(Build build) {
        return build.steps().stream().map(Step::phase).toList();
    }

    /** Has what is in the book written down. */
    private void writeDown() {
        book.start();
        book.close();
        await().until(() -> store.builds(null, null, 10).items().containsAll(book.underway()));
    }

    @Test
    void run_task_isFollowedStepByStep() throws Exception {
        queue.run(
                order("shop", "1a"),
                course -> {
                    course.reached(Phase.Fetching);
                    course.reached(Phase.Building);
                    course.line("Step 1/2 : FROM busybox");
                });

        Build build = only();
        assertThat(phases(build))
                .containsExactly(Phase.Queued, Phase.Fetching, Phase.Building, Phase.Releasing);
        assertThat(log(build)).isEqualTo("Step 1/2 : FROM busybox\n");
        assertThat(build.id()).matches("shop-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}");
    }

    @Test
    void run_moreThanAtOnce_waitForTheirTurnInOrder() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        List<String> done = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ =
                    threads.submit(
                            () -> {
                                queue.run(
                                        order("a", "1"),
                                        _ -> {
                                            begun.countDown();
                                            first.await();
                                            done.add("a");
                                        });
                                return true;
                            });
            begun.await();
            for (String app : List.of("b", "c")) {
                var _ =
                        threads.submit(
                                () -> {
                                    queue.run(order(app, "1"), _ -> done.add(app));
                                    return true;
                                });
                await().until(
                                () ->
                                        book.underway().stream()
                                                .anyMatch(b -> b.app().name().equals(app)));
            }
            assertThat(done).isEmpty();
            first.countDown();
        }

        assertThat(done).containsExactly("a", "b", "c");
        Build c =
                book.underway().stream()
                        .filter(b -> b.app().name().equals("c"))
                        .findFirst()
                        .orElseThrow();
        assertThat(log(c)).contains("waits for 2 before it");
    }

    @Test
    void run_moreAllowedMeanwhile_isTakenUpWithTheNext() throws Exception {
        atOnce.set(2);
        CountDownLatch both = new CountDownLatch(2);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String app : List.of("a", "b")) {
                var _ =
                        threads.submit(
                                () -> {
                                    queue.run(
                                            order(app, "1"),
                                            _ -> {
                                                both.countDown();
                                                both.await();
                                            });
                                    return true;
                                });
            }
        }

        assertThat(book.underway()).extracting(Build::phase).containsOnly(Phase.Releasing);
    }

    @Test
    void run_interruptedWhileItWaits_givesNothingUpForOthers() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ =
                    threads.submit(
                            () -> {
                                queue.run(
                                        order("a", "1"),
                                        _ -> {
                                            begun.countDown();
                                            first.await();
                                        });
                                return true;
                            });
            begun.await();
            Future<Boolean> second =
                    threads.submit(
                            () -> {
                                queue.run(order("b", "1"), _ -> {});
                                return true;
                            });
            await().until(() -> book.underway().size() == 2);
            second.cancel(true);
            Future<Boolean> third =
                    threads.submit(
                            () -> {
                                queue.run(order("c", "1"), _ -> {});
                                return true;
                            });
            first.countDown();
            assertThat(third.get()).isTrue();
        }

        Build b =
                book.underway().stream()
                        .filter(x -> x.app().name().equals("b"))
                        .findFirst()
                        .orElseThrow();
        assertThat(b.phase()).isEqualTo(Phase.Queued);
        assertThat(b.steps().getLast().message()).isEqualTo("cut short");
    }

    @Test
    void run_newerOfTheSameApp_supersedesTheOneBefore() throws Exception {
        queue.run(order("shop", "1a"), _ -> {});
        Build before = only();

        queue.run(order("shop", "2b"), _ -> {});
        writeDown();

        assertThat(only().image()).isEqualTo("berth/shop:2b");
        assertThat(store.build(before.id()).orElseThrow().phase()).isEqualTo(Phase.Superseded);
    }

    @Test
    void run_stepFails_isNamedWithItsReasonCleaned() throws Exception {
        assertThatThrownBy(
                        () ->
                                queue.run(
                                        order("shop", "1a"),
                                        course -> {
                                            course.reached(Phase.Building);
                                            throw new Stalled(
                                                    ReasonCode.BuildFailed,
                                                    "npm ci s3cret: lock file out of date\nmore");
                                        }))
                .isInstanceOf(Stalled.class);
        writeDown();

        Build build = store.builds(null, null, 1).items().getFirst();
        assertThat(build.phase()).isEqualTo(Phase.Failed);
        assertThat(build.failedIn()).isEqualTo(Phase.Building);
        assertThat(build.steps().getLast().message()).isEqualTo("npm ci *: lock file out of date");
        assertThat(build.steps().getLast().reason()).isEqualTo(ReasonCode.BuildFailed);
    }

    @Test
    void run_cutShortWhileTheEngineBuilds_saysThatAndNoMore() throws Exception {
        assertThatThrownBy(
                        () ->
                                queue.run(
                                        order("shop", "1a"),
                                        course -> {
                                            course.line("one");
                                            throw new Transient(
                                                    ReasonCode.Superseded,
                                                    "interrupted while asked to build");
                                        }))
                .isInstanceOf(Transient.class);

        assertThat(only().steps().getLast().message()).isEqualTo("cut short");
        assertThat(log(only())).isEqualTo("one\n");
    }

    @Test
    void run_bug_isToldInItsSteps() {
        assertThatThrownBy(
                        () ->
                                queue.run(
                                        order("shop", "1a"),
                                        _ -> {
                                            throw new IllegalStateException("oh");
                                        }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(only().phase()).isEqualTo(Phase.Queued);
        assertThat(only().steps().getLast().message()).contains("a bug of Berth", "oh");
    }

    @Test
    void run_noNetworkAgainAndAgain_failsForGood() throws Exception {
        Order order = order("shop", "1a");
        for (int attempt = 1; attempt < 6; attempt++) {
            assertThatThrownBy(() -> queue.run(order, BuildQueueTest::withoutNetwork))
                    .isInstanceOf(Transient.class);
        }
        assertThat(only().phase()).isEqualTo(Phase.Queued);

        assertThatThrownBy(() -> queue.run(order, BuildQueueTest::withoutNetwork))
                .isInstanceOf(Stalled.class)
                .hasMessage("tried 6 times: the build can't reach r.io\nnpm error");
        writeDown();
        Build build = store.builds(null, null, 1).items().getFirst();
        assertThat(build.failedIn()).isEqualTo(Phase.Building);
        assertThat(build.steps().getLast().message())
                .isEqualTo("tried 6 times: the build can't reach r.io");
    }

    private static void withoutNetwork(BuildQueue.Course course) throws Transient {
        course.reached(Phase.Building);
        throw new Transient(ReasonCode.BuildFailed, "the build can't reach r.io\nnpm error");
    }

    /** A push may take long, and others have something to build. */
    @Test
    void run_whatIsToBeDoneAfterIt_holdsNoTurn() throws Exception {
        CountDownLatch pushes = new CountDownLatch(1);
        CountDownLatch pushed = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> first =
                    threads.submit(
                            () -> {
                                queue.run(
                                        order("a", "1"),
                                        _ -> {},
                                        course -> {
                                            course.reached(Phase.Pushing);
                                            pushes.countDown();
                                            pushed.await();
                                        });
                                return true;
                            });
            pushes.await();
            queue.run(order("b", "1"), _ -> {});
            assertThat(book.underway())
                    .extracting(Build::phase)
                    .containsExactly(Phase.Pushing, Phase.Releasing);
            pushed.countDown();
            assertThat(first.get()).isTrue();
        }
    }

    @Test
    void run_engineGone_isTheSameBuildWhenItIsTriedAgain() throws Exception {
        assertThatThrownBy(
                        () ->
                                queue.run(
                                        order("shop", "1a"),
                                        course -> {
                                            course.line("one");
                                            throw new Transient(
                                                    ReasonCode.EngineUnavailable, "no engine");
                                        }))
                .isInstanceOf(Transient.class);
        Build first = only();
        assertThat(first.phase()).isEqualTo(Phase.Queued);

        queue.run(order("shop", "1a"), course -> course.line("two"));

        assertThat(only().id()).isEqualTo(first.id());
        assertThat(only().attempt()).isEqualTo(2);
        assertThat(log(only())).isEqualTo("one\n--- no engine ---\n--- attempt 2 ---\ntwo\n");
    }

    @Test
    void run_controlWasKilledDuringIt_goesOnAsTheNextAttempt() throws Exception {
        Build killed = book.begin(order("shop", "1a"));
        book.reached(killed, Phase.Building, null, null);
        writeDown();

        control("home");
        queue.run(order("shop", "1a"), _ -> {});

        assertThat(only().id()).isEqualTo(killed.id());
        assertThat(only().attempt()).isEqualTo(2);
        assertThat(phases(only()))
                .containsExactly(Phase.Queued, Phase.Building, Phase.Queued, Phase.Releasing);
    }

    @Test
    void run_controlWasKilledAndSomethingNewerIsWanted_supersedesIt() throws Exception {
        Build killed = book.begin(order("shop", "1a"));
        writeDown();

        control("home");
        queue.run(order("shop", "2b"), _ -> {});
        writeDown();

        assertThat(store.build(killed.id()).orElseThrow().phase()).isEqualTo(Phase.Superseded);
    }

    /** The one that is gone may only be slow: it renews its lease as long as it lives. */
    @Test
    void run_anotherHomeIsAtIt_waitsUntilItIsGone() throws Exception {
        Build theirs = book.begin(order("shop", "1a"));
        writeDown();

        control("other");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> ours =
                    threads.submit(
                            () -> {
                                queue.run(order("shop", "1a"), _ -> {});
                                return true;
                            });
            clock.pass(BuildBook.VALIDITY.dividedBy(2));
            await().until(() -> store.claimsRefused() > 0);
            assertThat(book.underway()).isEmpty();
            clock.pass(BuildBook.VALIDITY);
            assertThat(ours.get()).isTrue();
        }

        assertThat(only().id()).isEqualTo(theirs.id());
    }

    @Test
    void run_databaseGone_buildsAllTheSameAndIsWrittenDownLater() throws Exception {
        store.fail("no database");
        book.start();
        queue.run(order("shop", "1a"), _ -> {});
        Build build = only();
        store.fail(null);
        clock.pass(Duration.ofSeconds(5));

        await().until(() -> store.build(build.id()).isPresent());
        assertThat(store.build(build.id())).contains(build);
        book.close();
    }
}
