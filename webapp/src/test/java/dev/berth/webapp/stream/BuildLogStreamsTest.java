package dev.berth.webapp.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.answer.UnavailableException;
import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.build.queue.BuildBook;
import dev.berth.reconciler.build.queue.BuildQueue;
import dev.berth.reconciler.build.queue.Order;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watches builds of a real queue, whose logs are real files. */
@Timeout(30)
final class BuildLogStreamsTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final String IMAGE = "berth/shop:1a";

    @TempDir Path directory = Path.of("");
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** A home in which one app is built, line by line. */
    private final class Home {
        final BuildLogs logs = new BuildLogs(directory, line -> line.replace("s3cret", "***"));
        final BuildBook book =
                new BuildBook(
                        new InMemoryBuildStore(InstantSource.system()),
                        logs,
                        "home",
                        text -> text,
                        Clockwork.system());
        final BuildQueue queue = new BuildQueue(book, () -> 1);
        final BuildLogStreams streams = new BuildLogStreams(book, logs, Duration.ofMillis(50));

        /** Begins one that writes a line, and the others once it may. */
        String build(CountDownLatch goOn, List<String> lines) {
            var _ =
                    threads.submit(
                            () -> {
                                queue.run(
                                        new Order(SHOP, IMAGE, null, "c".repeat(40)),
                                        course -> {
                                            course.reached(Phase.Building);
                                            course.line(lines.getFirst());
                                            goOn.await();
                                            lines.stream().skip(1).forEach(course::line);
                                        });
                                return true;
                            });
            await().until(
                            () ->
                                    !book.underway().isEmpty()
                                            && logs.has(book.underway().getFirst().id()));
            return book.underway().getFirst().id();
        }

        SentEvents watch(String build, @Nullable String after) throws Exception {
            SentEvents events = new SentEvents();
            streams.open(build, after, events, events);
            return events;
        }
    }

    @Test
    void open_earlyLateAndAfterABreak_allGetEveryLineOnceAndThenDone() throws Exception {
        Home home = new Home();
        CountDownLatch goOn = new CountDownLatch(1);
        String build = home.build(goOn, List.of("one", "two s3cret", "three"));

        SentEvents early = home.watch(build, null);
        await().until(() -> early.lines().equals(List.of("one")));
        String place = early.lastId();
        goOn.countDown();
        await().until(() -> early.lines().size() == 3);
        SentEvents late = home.watch(build, "nonsense");
        SentEvents again = home.watch(build, place);
        await().until(() -> again.lines().size() == 2 && late.lines().size() == 3);
        // the image is there, and its release is not: more is to come
        assertThat(early.names()).doesNotContain("done");
        home.book.reached(SHOP, IMAGE, Phase.Probing);
        home.book.reached(SHOP, IMAGE, Phase.Serving);
        await().until(() -> early.isClosed() && late.isClosed() && again.isClosed());

        assertThat(early.lines()).containsExactly("one", "two ***", "three");
        assertThat(late.lines()).isEqualTo(early.lines());
        assertThat(again.lines()).containsExactly("two ***", "three");
        for (SentEvents each : List.of(early, late, again)) {
            assertThat(each.names()).endsWith("done").containsOnlyOnce("done");
            assertThat(each.last()).contains("\"phase\":\"Serving\"");
        }
    }

    @Test
    void open_attemptBrokeOff_goesOnWithTheNext() throws Exception {
        Home home = new Home();
        var first =
                threads.submit(
                        () -> {
                            home.queue.run(
                                    new Order(SHOP, IMAGE, null, "c".repeat(40)),
                                    course -> {
                                        course.line("one");
                                        throw new InterruptedException();
                                    });
                            return true;
                        });
        await().until(first::isDone);
        String build = home.book.underway().getFirst().id();
        SentEvents events = home.watch(build, null);
        await().until(() -> events.lines().equals(List.of("one")));

        home.queue.run(new Order(SHOP, IMAGE, null, "c".repeat(40)), course -> course.line("two"));

        await().until(() -> events.lines().equals(List.of("one", "--- attempt 2 ---", "two")));
        assertThat(events.isClosed()).isFalse();
        home.streams.close();
        await().until(events::isClosed);
    }

    @Test
    void open_tooMany_saysSo() throws Exception {
        Home home = new Home();
        CountDownLatch never = new CountDownLatch(1);
        String build = home.build(never, List.of("one"));
        for (int i = 0; i < 200; i++) {
            var _ = home.watch(build, null);
        }

        assertThatThrownBy(() -> home.watch(build, null))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("200 watch builds already");
        home.streams.close();
    }

    @Test
    void open_clientGoesAway_isForgotten() throws Exception {
        Home home = new Home();
        CountDownLatch never = new CountDownLatch(1);
        String build = home.build(never, List.of("one"));
        for (int i = 0; i < 200; i++) {
            home.watch(build, null).close();
        }

        await().untilAsserted(() -> assertThat(home.watch(build, null)).isNotNull());
        home.streams.close();
    }
}
