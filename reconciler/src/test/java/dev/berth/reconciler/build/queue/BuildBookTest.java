package dev.berth.reconciler.build.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.build.kept.InMemoryBuildStore;
import dev.berth.reconciler.build.log.BuildLogs;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.status.SamplePasses;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class BuildBookTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final String IMAGE = "berth/shop:1a";

    @TempDir Path directory = Path.of("");
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final InMemoryBuildStore store = new InMemoryBuildStore(clock);

    private BuildBook book() {
        return new BuildBook(
                store, new BuildLogs(directory, line -> line), "home", text -> text, clock);
    }

    private static Build built(BuildBook book) throws InterruptedException {
        Build build = book.begin(new Order(SHOP, IMAGE, null, "c".repeat(40)));
        return book.reached(build, Phase.Releasing, null, null);
    }

    private static PassReport pass(@Nullable String image, ResourceStatus status) {
        PassReport plain = SamplePasses.pass(1, List.of(), List.of(status));
        List<BuildStatus> builds =
                image == null
                        ? List.of()
                        : List.of(
                                new BuildStatus(
                                        SHOP,
                                        null,
                                        null,
                                        BuildStatus.Makes.Image,
                                        ".",
                                        "Dockerfile",
                                        null,
                                        image));
        return new PassReport(
                plain.id(),
                plain.trigger(),
                plain.revision(),
                plain.author(),
                plain.startedAt(),
                plain.duration(),
                plain.plan(),
                plain.changes(),
                plain.problems(),
                plain.resources(),
                List.of(),
                List.of(),
                builds,
                List.of(),
                null);
    }

    private static Build.Step last(BuildBook book, Build build) throws Exception {
        return book.build(build.id()).orElseThrow().steps().getLast();
    }

    @Test
    void settle_itsReleaseServes_isServing() throws Exception {
        BuildBook book = book();
        Build build = built(book);

        book.settle(pass(IMAGE, SamplePasses.ready("shop")));

        assertThat(last(book, build).phase()).isEqualTo(Phase.Serving);
        assertThat(book.underway()).isEmpty();
    }

    @Test
    void settle_oldReleaseServesWhileItIsStarted_goesOn() throws Exception {
        BuildBook book = book();
        Build build = built(book);
        ResourceStatus busy =
                SamplePasses.status(
                        SHOP,
                        SamplePasses.condition(
                                ConditionType.Ready,
                                Condition.Status.True,
                                ReasonCode.Succeeded,
                                ""),
                        SamplePasses.condition(
                                ConditionType.Reconciling,
                                Condition.Status.True,
                                ReasonCode.Progressing,
                                ""));

        book.settle(pass(IMAGE, busy));
        book.reached(SHOP, IMAGE, Phase.Probing);
        book.reached(SHOP, IMAGE, Phase.Releasing);
        book.reached(SHOP, "berth/shop:other", Phase.Serving);

        assertThat(last(book, build).phase()).isEqualTo(Phase.Probing);
    }

    @Test
    void settle_itsReleaseIsGivenUp_failedWhereItWas() throws Exception {
        BuildBook book = book();
        Build build = built(book);
        book.reached(SHOP, IMAGE, Phase.Probing);

        book.settle(pass(IMAGE, SamplePasses.failed("shop")));

        Build now = book.build(build.id()).orElseThrow();
        assertThat(now.failedIn()).isEqualTo(Phase.Probing);
        assertThat(now.steps().getLast().reason()).isEqualTo(ReasonCode.HealthCheckFailed);
        assertThat(now.steps().getLast().message()).isEqualTo("GET /healthz answered HTTP 500");
    }

    @Test
    void settle_appWentBack_failedAndNotSuperseded() throws Exception {
        BuildBook book = book();
        Build build = built(book);
        ResourceStatus back =
                SamplePasses.status(
                        SHOP,
                        SamplePasses.condition(
                                ConditionType.Ready,
                                Condition.Status.False,
                                ReasonCode.RolledBack,
                                "it exited"));

        book.settle(pass(null, back));

        assertThat(last(book, build).phase()).isEqualTo(Phase.Failed);
        assertThat(last(book, build).reason()).isEqualTo(ReasonCode.RolledBack);
    }

    @Test
    void settle_somethingElseIsWanted_isSuperseded() throws Exception {
        BuildBook book = book();
        Build build = book.begin(new Order(SHOP, IMAGE, null, "c".repeat(40)));

        book.settle(pass(IMAGE, SamplePasses.ready("shop")));
        assertThat(last(book, build).phase()).isEqualTo(Phase.Queued);
        book.settle(pass(null, SamplePasses.ready("shop")));

        assertThat(last(book, build).phase()).isEqualTo(Phase.Superseded);
    }

    /** Control was killed between the end of the engine's build and the next step. */
    @Test
    void settle_imageIsThereAndNobodyIsAtIt_servesOrFailed() throws Exception {
        BuildBook book = book();
        Build build = book.begin(new Order(SHOP, IMAGE, null, "c".repeat(40)));
        book.reached(build, Phase.Building, null, null);
        book.settle(pass(IMAGE, SamplePasses.ready("shop")));
        assertThat(last(book, build).phase()).isEqualTo(Phase.Building);

        book.leaveOff(build.inAttempt());
        book.settle(pass(IMAGE, SamplePasses.ready("shop")));

        assertThat(book.build(build.id()).orElseThrow().steps())
                .extracting(Build.Step::phase)
                .containsExactly(Phase.Queued, Phase.Building, Phase.Releasing, Phase.Serving);
        Build other = book.begin(new Order(SHOP, "berth/shop:2b", null, "c".repeat(40)));
        book.leaveOff(other.inAttempt());
        book.settle(pass("berth/shop:2b", SamplePasses.failed("shop")));
        assertThat(last(book, other).phase()).isEqualTo(Phase.Failed);
    }

    @Test
    void reached_byAnAttemptThatHasANext_isNothing() throws Exception {
        BuildBook book = book();
        Order order = new Order(SHOP, IMAGE, null, "c".repeat(40));
        Build first = book.begin(order);
        Build second = book.begin(order);
        book.reached(second, Phase.Building, null, null);

        book.reached(first, Phase.Queued, null, "cut short");
        book.leaveOff(first.inAttempt());
        book.settle(pass(IMAGE, SamplePasses.ready("shop")));

        assertThat(last(book, first).phase()).isEqualTo(Phase.Building);
    }

    @Test
    void counts_whatEndedAndHowLongTheEngineTook() throws Exception {
        BuildBook book = book();
        Build build = book.begin(new Order(SHOP, IMAGE, null, "c".repeat(40)));
        book.reached(build, Phase.Building, null, null);
        clock.pass(Duration.ofSeconds(7));
        book.leaveOff(build.inAttempt());
        book.settle(pass(IMAGE, SamplePasses.ready("shop")));
        built(book);
        book.begin(new Order(SHOP, "berth/shop:2b", null, "c".repeat(40)));

        assertThat(book.counts().ended())
                .isEqualTo(Map.of(Phase.Serving, 1L, Phase.Superseded, 1L));
        assertThat(book.counts().building())
                .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9));
    }

    @Test
    void begin_manyAttempts_keepsTheFirstAndTheLast() throws Exception {
        BuildBook book = book();
        Order order = new Order(SHOP, IMAGE, null, "c".repeat(40));
        for (int attempt = 1; attempt <= 500; attempt++) {
            book.reached(book.begin(order), Phase.Building, null, null);
        }

        assertThat(book.underway().getFirst().attempt()).isEqualTo(500);
        assertThat(book.underway().getFirst().steps())
                .extracting(Build.Step::attempt)
                .startsWith(1, 1, 491, 491, 492)
                .endsWith(500, 500)
                .hasSize(22);
    }

    @Test
    void settle_passThatCouldReadNothing_saysNothing() throws Exception {
        BuildBook book = book();
        Build build = built(book);

        book.settle(SamplePasses.pass(1, List.of(), List.of()));

        assertThat(last(book, build).phase()).isEqualTo(Phase.Releasing);
    }

    @Test
    void start_leftByAProcessThatWasKilled_isEndedByWhatAPassFinds() throws Exception {
        try (BuildBook killed = book()) {
            built(killed);
            killed.start();
            await().until(() -> store.open().size() == 1);
        }
        Build left = store.open().getFirst();
        try (BuildBook next = book()) {
            next.start();
            next.settle(pass(IMAGE, SamplePasses.ready("shop")));
            await().until(
                            () -> {
                                clock.pass(Duration.ofSeconds(11));
                                return !next.underway().isEmpty();
                            });
            next.settle(pass(IMAGE, SamplePasses.ready("shop")));

            await().until(() -> store.open().isEmpty());
        }
        assertThat(store.build(left.id()).orElseThrow().phase()).isEqualTo(Phase.Serving);
    }

    @Test
    void tick_oldBuilds_areForgottenWithTheirLogs() throws Exception {
        BuildLogs logs = new BuildLogs(directory, line -> line);
        try (BuildBook book = book()) {
            book.start();
            for (String hash : List.of("1a", "2b")) {
                Build build =
                        book.begin(new Order(SHOP, "berth/shop:" + hash, null, "c".repeat(40)));
                try (BuildLogs.Open log = logs.open(build.id())) {
                    log.line("one");
                }
            }
            await().until(() -> store.builds(null, null, 9).items().size() == 2);
            String old = store.builds(null, null, 9).items().getLast().id();
            book.settle(pass("berth/shop:2b", SamplePasses.ready("shop")));
            await().until(
                            () -> {
                                clock.pass(Duration.ofDays(31));
                                return store.build(old).isEmpty();
                            });
            await().until(() -> !directory.resolve(old + ".log").toFile().exists());
            assertThat(directory.toFile().list()).hasSize(1);
        }
    }
}
