package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.clockwork.SystemTime;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeFaults;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ScheduleStatus;
import dev.berth.schemas.status.ScheduleStatus.RunResult;
import dev.berth.schemas.status.ScheduleStatus.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an app runs by the clock, from commit to status. */
final class CronPassTest {
    private static final ResourceId PRUNE = new ResourceId(Kind.Job, "shop.prune");
    private static final Instant BEGIN = Instant.parse("2026-11-21T09:10:00Z");
    @TempDir Path directory = Path.of("");
    private final StoppedClockwork clock = new StoppedClockwork(BEGIN);
    private Spine spine = new Spine(Path.of(""), clock);
    private Reconciler control = spine.reconciler;
    private int commits;

    /** A clock that only a test sets. */
    private static final class StoppedClockwork implements SystemTime {
        private volatile Instant now;

        StoppedClockwork(Instant now) {
            this.now = now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public long nanos() {
            return Clockwork.system().nanos() + Duration.between(BEGIN, now).toNanos();
        }
    }

    @BeforeEach
    void anAppThatServes() throws InterruptedException {
        spine = new Spine(directory, clock);
        control = spine.reconciler;
        spine.engine.withImages("shop:1", "shop:2");
    }

    /** The app as it should be from now on. */
    private PassReport commit(String image, String more, String... crons)
            throws InterruptedException {
        commits++;
        spine.commit(
                commits,
                "{image: '%s', port: 80, env: {A: b}%s, cron: [%s]}"
                        .formatted(image, more, String.join(", ", crons)));
        return pass();
    }

    private PassReport hourly(String command) throws InterruptedException {
        return commit("shop:1", "", cron("0 * * * *", command, ""));
    }

    private static String cron(String schedule, String command, String more) {
        return "{name: prune, schedule: '%s', command: [sh, -c, '%s']%s}"
                .formatted(schedule, command, more);
    }

    private PassReport pass() throws InterruptedException {
        return control.reconcile(new Trigger.Poll());
    }

    private PassReport passAfter(Duration time) throws InterruptedException {
        clock.pass(time);
        return pass();
    }

    private List<RunView> runs() throws ReconcileException {
        return spine.engine.runs("home");
    }

    private static Condition ready(PassReport pass) {
        return pass.resources().stream()
                .filter(status -> status.id().equals(PRUNE))
                .map(status -> Objects.requireNonNull(status.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow();
    }

    private static List<RunResult> results(PassReport pass) {
        return schedule(pass).runs().stream().map(RunStatus::result).toList();
    }

    private static ScheduleStatus schedule(PassReport pass) {
        assertThat(pass.schedules()).hasSize(1);
        return pass.schedules().getFirst();
    }

    @Test
    void reconcile_due_runsOnceWithWhatServesAndIsRecorded() throws Exception {
        PassReport first = hourly("echo done");
        assertThat(runs()).isEmpty();
        assertThat(ready(first).message())
                .isEqualTo("it has not run yet; next due at 2026-11-21T10:00:00Z");
        assertThat(control.nextDue()).contains(Instant.parse("2026-11-21T10:00:00Z"));

        passAfter(Duration.ofMinutes(50));
        PassReport after = passAfter(Duration.ofMinutes(1));

        RunView run = runs().getFirst();
        assertThat(run.owner()).isEqualTo(ResourceId.app("shop"));
        assertThat(run.name()).isEqualTo("berth_home_shop_cron_prune-202611211000");
        ContainerTemplate template = Objects.requireNonNull(run.template());
        assertThat(template.env()).containsAllEntriesOf(Map.of("A", "b", "BERTH_CRON", "prune"));
        assertThat(schedule(after).nextDue()).isEqualTo("2026-11-21T11:00:00Z");
        assertThat(schedule(after).runs())
                .containsExactly(
                        new RunStatus(
                                "prune-202611211000",
                                Instant.parse("2026-11-21T10:00:00Z"),
                                Instant.parse("2026-11-21T10:00:00Z"),
                                Duration.ZERO,
                                0,
                                RunResult.Succeeded));
        assertThat(ready(after).message()).startsWith("prune-202611211000 ended with code 0");
        assertThat(spine.engine.writes().get(EngineCall.CREATE_RUN)).isEqualTo(1);
    }

    @Test
    void reconcile_timeBeforeTheScheduleWasThere_isNotMadeUpFor() throws Exception {
        commit("shop:1", "");
        clock.pass(Duration.ofMinutes(55)); // 10:05

        hourly("true");
        control = spine.restart();
        pass();
        assertThat(runs()).isEmpty();

        commit("shop:1", "", cron("0 9,10 * * *", "true", ""));
        assertThat(runs()).as("another schedule").isEmpty();
    }

    @Test
    void reconcile_controlDownWhenItIsDue_isMadeUpForAndOnce() throws Exception {
        hourly("true");
        clock.pass(Duration.ofMinutes(170)); // 12:00: 10:00 and 11:00 have passed too

        control = spine.restart();
        pass();
        control = spine.restart();
        pass();

        assertThat(runs()).extracting(RunView::run).containsExactly("prune-202611211200");
    }

    @Test
    void reconcile_moreThanAnHourLate_isSkippedAndToldUntilTheNext() throws Exception {
        commit("shop:1", "", cron("0 */4 * * *", "true", ""));
        clock.pass(Duration.ofHours(4)); // 13:10, due at 12:00

        control = spine.restart();
        Condition ready = ready(pass());

        assertThat(runs()).isEmpty();
        assertThat(ready.reason()).isEqualTo(ReasonCode.RunMissed);
        assertThat(ready.message()).contains("2026-11-21T12:00:00Z", "skipped");
        passAfter(Duration.ofMinutes(170));
        assertThat(ready(pass()).status()).isEqualTo(Condition.Status.True);
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                step("before it is made", f -> f.beforeNext(EngineCall.CREATE_RUN, _ -> die())),
                step("after it was made", f -> f.afterNext(EngineCall.CREATE_RUN, _ -> die())),
                step("before it is started", f -> f.beforeNext(EngineCall.START, _ -> die())),
                step("after it was started", f -> f.afterNext(EngineCall.START, _ -> die())));
    }

    private static Arguments step(String name, Consumer<FakeFaults> fault) {
        return argumentSet(name, fault);
    }

    private static void die() {
        throw new IllegalStateException("killed");
    }

    @ParameterizedTest
    @MethodSource("steps")
    void reconcile_controlKilledAtAnyStep_runsItExactlyOnce(Consumer<FakeFaults> fault)
            throws Exception {
        hourly("true");
        clock.pass(Duration.ofMinutes(50));
        fault.accept(spine.engine.faults());
        pass();

        control = spine.restart();
        passAfter(Duration.ofMinutes(1));
        RunView run = runs().getFirst();
        int writes = spine.engine.writeCount();
        control = spine.restart();
        passAfter(Duration.ofMinutes(1));

        assertThat(runs()).containsExactly(run).allMatch(RunView::succeeded);
        assertThat(spine.engine.writeCount()).as("it is never made again").isEqualTo(writes);
        assertThat(spine.engine.brokenInvariants()).isEmpty();
    }

    @Test
    void reconcile_runFails_isShownAndTriedAtTheNextTimeOnly() throws Exception {
        hourly("echo no space; exit 4");
        passAfter(Duration.ofMinutes(50));

        PassReport failed = passAfter(Duration.ofMinutes(5));

        assertThat(ready(failed).status()).isEqualTo(Condition.Status.False);
        assertThat(ready(failed).reason()).isEqualTo(ReasonCode.JobFailed);
        assertThat(ready(failed).message()).contains("prune-202611211000 ended with code 4");
        assertThat(schedule(failed).runs().getFirst().exitCode()).isEqualTo(4);
        assertThat(runs()).hasSize(1);
        hourly("true");
        passAfter(Duration.ofMinutes(55));
        PassReport mended = pass();
        assertThat(results(mended)).containsExactly(RunResult.Succeeded, RunResult.Failed);
        assertThat(ready(mended).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.containers("home")).hasSize(1);
    }

    @Test
    void reconcile_dueWhileOneRuns_forbidSkipsItForGood() throws Exception {
        hourly("sleep 9");
        passAfter(Duration.ofMinutes(50));
        commit("shop:1", "", cron("0 * * * *", "sleep 9", ", timeout: 5h"));

        passAfter(Duration.ofMinutes(65)); // 11:05
        assertThat(runs()).hasSize(1);
        spine.engine.byHand().crash(runs().getFirst().name(), 0);
        pass();
        assertThat(runs()).hasSize(1);
        passAfter(Duration.ofMinutes(60));

        assertThat(runs())
                .extracting(RunView::run)
                .containsExactly("prune-202611211000", "prune-202611211200");
    }

    @Test
    void reconcile_dueWhileOneRuns_allowRunsBoth() throws Exception {
        String both = cron("0 * * * *", "sleep 9", ", timeout: 5h, concurrency: allow");
        commit("shop:1", "", both);
        passAfter(Duration.ofMinutes(50));

        PassReport second = passAfter(Duration.ofMinutes(60));

        assertThat(runs()).hasSize(2).allMatch(RunView::running);
        assertThat(ready(second).status()).isEqualTo(Condition.Status.True);
    }

    @Test
    void reconcile_dueWhileOneRuns_replaceStopsTheFirst() throws Exception {
        commit("shop:1", "", cron("0 * * * *", "sleep 9", ", timeout: 5h, concurrency: replace"));
        passAfter(Duration.ofMinutes(50));

        passAfter(Duration.ofMinutes(60));
        PassReport after = passAfter(Duration.ofMinutes(1));

        assertThat(runs()).hasSize(2).filteredOn(RunView::running).hasSize(1);
        assertThat(results(after)).containsExactly(RunResult.Running, RunResult.Replaced);
        assertThat(ready(after).status()).isEqualTo(Condition.Status.True);
    }

    @Test
    void reconcile_runOverItsTime_isStoppedAndHasFailed() throws Exception {
        commit("shop:1", "", cron("0 * * * *", "sleep 9", ", timeout: 5m"));
        passAfter(Duration.ofMinutes(50));
        assertThat(control.nextDue()).contains(Instant.parse("2026-11-21T10:05:00Z"));

        passAfter(Duration.ofMinutes(5));
        PassReport after = pass();

        assertThat(results(after)).containsExactly(RunResult.Failed);
        assertThat(ready(after).reason()).isEqualTo(ReasonCode.JobFailed);
    }

    @Test
    void reconcile_resumedAfterItsTime_neitherRunsItNorTellsThatItWasMissed() throws Exception {
        String late = cron("0 10 * * *", "true", "");
        commit("shop:1", "", late);
        commit("shop:1", ", suspend: true", late);
        clock.pass(Duration.ofMinutes(70)); // 10:20
        commit("shop:1", "", late);
        assertThat(runs()).isEmpty();

        commit("shop:1", ", suspend: true", late);
        clock.pass(Duration.ofMinutes(90)); // 11:50
        PassReport resumed = commit("shop:1", "", late);

        assertThat(runs()).isEmpty();
        assertThat(ready(resumed).status()).isEqualTo(Condition.Status.True);
    }

    @Test
    void reconcile_documentWrongForAWhile_makesUpForWhatCameMeanwhile() throws Exception {
        hourly("true");
        commit("shop:1", ", replicas: two", cron("0 * * * *", "true", ""));
        passAfter(Duration.ofMinutes(55)); // 10:05
        assertThat(runs()).isEmpty();

        hourly("true");

        assertThat(runs()).extracting(RunView::run).containsExactly("prune-202611211000");
    }

    @Test
    void reconcile_manyRuns_keepsTheNewest() throws Exception {
        commit("shop:1", "", cron("0 * * * *", "true", ", keep: 2"));
        passAfter(Duration.ofMinutes(50));
        for (int i = 0; i < 4; i++) {
            passAfter(Duration.ofMinutes(60));
            pass();
        }

        assertThat(runs())
                .extracting(RunView::run)
                .containsExactly("prune-202611211300", "prune-202611211400");
    }

    @Test
    void reconcile_newReleaseFails_runsTheOneThatServes() throws Exception {
        hourly("true");
        commit(
                "shop:2",
                ", healthcheck: {command: ['false'], deadline: 1s}",
                cron("0 * * * *", "true", ""));
        passAfter(Duration.ofMinutes(50));

        assertThat(runs())
                .singleElement()
                .extracting(run -> Objects.requireNonNull(run.template()).image())
                .isEqualTo("shop:1");
    }

    @Test
    void reconcile_engineRefusesToStartIt_isToldAndTheNextTimeIsTried() throws Exception {
        hourly("true");
        spine.engine
                .faults()
                .failNext(
                        EngineCall.START,
                        new ReconcileException.Stalled(
                                ReasonCode.StartFailed, "no such program: prune"));

        Condition ready = ready(passAfter(Duration.ofMinutes(50)));
        pass();

        assertThat(ready.reason()).isEqualTo(ReasonCode.StartFailed);
        assertThat(runs()).as("made, and not started").hasSize(1).noneMatch(RunView::ended);
        passAfter(Duration.ofMinutes(61));
        assertThat(runs()).extracting(RunView::run).containsExactly("prune-202611211100");
        assertThat(ready(pass()).status()).isEqualTo(Condition.Status.True);
    }

    @Test
    void reconcile_suspendedApp_runsNothing() throws Exception {
        hourly("true");
        PassReport suspended = commit("shop:1", ", suspend: true", cron("0 * * * *", "true", ""));
        passAfter(Duration.ofMinutes(50));

        assertThat(runs()).isEmpty();
        assertThat(ready(suspended).reason()).isEqualTo(ReasonCode.Suspended);
        assertThat(schedule(suspended).nextDue()).isNull();
    }

    @Test
    void reconcile_scheduleRemovedWhileItRuns_letsItEndAndLeavesNothing() throws Exception {
        hourly("sleep 9");
        passAfter(Duration.ofMinutes(50));

        commit("shop:1", "");
        assertThat(runs()).singleElement().matches(RunView::running);
        spine.engine.byHand().crash(runs().getFirst().name(), 0);
        pass();
        assertThat(runs()).isEmpty();
        assertThat(spine.engine.brokenInvariants()).isEmpty();
    }
}
