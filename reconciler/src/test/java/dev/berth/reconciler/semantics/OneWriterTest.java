package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.Epoch;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.lease.FakeLeaseStore;
import dev.berth.reconciler.lease.LeaseTimes;
import dev.berth.reconciler.lease.Standing;
import dev.berth.reconciler.lease.Writership;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.semantics.Controls.Control;
import dev.berth.reconciler.semantics.Controls.Write;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import dev.berth.schemas.status.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Semantic 14: of two Berths that look at one engine, one writes. */
final class OneWriterTest {
    private static final String SHOP = "{image: 'shop:%d', port: 80}";
    private static final String JOB =
            """

            ---
            apiVersion: berth/v1
            kind: Job
            metadata: {name: import}
            spec: {image: tools}
            """;

    private final Controls controls = new Controls(7);

    private Controls settled() {
        controls.engine.withImages("shop:1", "shop:2", "shop:3");
        controls.commit(SHOP.formatted(1));
        return controls;
    }

    private void pass(Duration time) {
        controls.time.pass(time, () -> assertThat(controls.writers()).hasSizeLessThanOrEqualTo(1));
    }

    private static Condition ready(Control control) {
        PassReport report = Objects.requireNonNull(control.newest, "it made no pass");
        ResourceStatus instance =
                report.resources().stream()
                        .filter(resource -> resource.id().kind() == Kind.Instance)
                        .findFirst()
                        .orElseThrow();
        return Objects.requireNonNull(instance.condition(ConditionType.Ready));
    }

    private static Condition ready(Control control, ResourceId id) {
        PassReport report = Objects.requireNonNull(control.newest, "it made no pass");
        return report.resources().stream()
                .filter(resource -> resource.id().equals(id))
                .map(resource -> Objects.requireNonNull(resource.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow();
    }

    private List<String> writersSince(Duration moment) {
        return controls.writes.stream()
                .filter(write -> write.at().compareTo(moment) >= 0)
                .map(Write::home)
                .distinct()
                .toList();
    }

    @Test
    void twoControls_theFirstWrites_theOtherLooksOnAndSaysSo() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(2));

        controls.commit(SHOP.formatted(2));
        pass(Duration.ofMinutes(2));

        assertThat(writersSince(Duration.ZERO)).containsExactly("ann");
        assertThat(ready(ann).status()).isEqualTo(Condition.Status.True);
        assertThat(ready(bob).status()).isEqualTo(Condition.Status.Unknown);
        assertThat(ready(bob).reason()).isEqualTo(ReasonCode.NotWriter);
        assertThat(ready(bob).message()).contains("another Berth (home ann) writes");
    }

    @Test
    void twoControls_startedTogether_oneWrites() {
        settled();
        controls.start("ann");
        controls.start("bob");

        pass(Duration.ofMinutes(1));

        assertThat(writersSince(Duration.ZERO)).hasSize(1);
        assertThat(controls.engine.brokenInvariants()).isEmpty();
    }

    @Test
    void nextTakesOver_whileTheRepoIsSlow_deploysNothingOlder() {
        controls.settings = "{source: {interval: 10m}}";
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(1));
        controls.commit(SHOP.formatted(2), ann);
        pass(Duration.ofSeconds(10));
        controls.repoTakes = Duration.ofSeconds(20);
        Duration died = controls.time.now();

        ann.process.kill();
        pass(Duration.ofMinutes(3));

        assertThat(controls.writers()).containsExactly("bob");
        assertThat(Objects.requireNonNull(bob.newest).revision()).endsWith("2");
        assertThat(writersSince(died)).as("what runs is the newest already").isEmpty();
    }

    @ParameterizedTest(name = "{0} ms later")
    @ValueSource(ints = {0, 700, 1400, 2100, 2800})
    void holderDies_theNextTakesOverWithin30Seconds(int later) {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(1).plusMillis(later));
        controls.commit(SHOP.formatted(2));
        ann.process.kill();
        Duration died = controls.time.now();

        pass(Duration.ofSeconds(30));

        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);
        assertThat(writersSince(died)).containsExactly("bob");
        assertThat(ready(bob).status()).isEqualTo(Condition.Status.True);
        assertThat(Objects.requireNonNull(ann.newest).epoch()).isEqualTo(1);
        assertThat(Objects.requireNonNull(bob.newest).epoch())
                .as("who reads the history sees that another wrote from then on")
                .isEqualTo(2);
    }

    @Test
    void holderEnds_givesTheLeaseBack() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(1));

        ann.clock.start("ends", ann.keeper::close);
        pass(Duration.ofSeconds(20));

        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);
    }

    @ParameterizedTest(name = "{0} ms later")
    @ValueSource(ints = {0, 500, 1000, 1500, 2000, 2500})
    void holderEnds_whileItAsksForTheLease_hasGivenItBack(int later) {
        settled();
        Control ann = controls.start("ann");
        controls.database.takes(Duration.ofMillis(900));
        pass(Duration.ofMinutes(1).plusMillis(later));

        ann.clock.start("ends", ann.keeper::close);
        pass(Duration.ofSeconds(5));

        assertThat(controls.database.holder(Controls.INSTANCE)).isEqualTo("nobody");
        assertThat(ann.keeper.now()).isInstanceOf(Standing.Undecided.class);
    }

    @Test
    void engineAnswersIn5Seconds_theOnlyBerthStillDeploys() {
        settled();
        controls.listsIn = Duration.ofSeconds(5);
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(30));

        controls.commit(SHOP.formatted(2));
        controls.time.pass(
                Duration.ofMinutes(1),
                () -> assertThat(ann.keeper.now()).isInstanceOf(Standing.Writer.class));
        assertThat(ready(ann).status()).isEqualTo(Condition.Status.True);
        assertThat(images()).containsExactly("shop:2");

        controls.database.hangs("ann"); // which costs time of its own
        controls.commit(SHOP.formatted(3));
        controls.time.pass(
                Duration.ofMinutes(1),
                () -> assertThat(ann.keeper.now()).isInstanceOf(Standing.Writer.class));
        assertThat(images()).containsExactly("shop:3");
    }

    @Test
    void engineAnswersIn10Seconds_theOnlyBerthStillDeploys() {
        settled();
        controls.listsIn = Duration.ofSeconds(10);
        controls.start("ann");
        pass(Duration.ofMinutes(1));

        controls.commit(SHOP.formatted(2));
        pass(Duration.ofMinutes(3));

        assertThat(images()).containsExactly("shop:2");
    }

    @Test
    void engineAnswersTooLate_theOnlyBerthSaysThatItCantWrite() {
        settled();
        controls.listsIn = Duration.ofSeconds(20);
        Control ann = controls.start("ann");

        pass(Duration.ofMinutes(3));

        assertThat(images()).isEmpty();
        assertThat(ready(ann).reason()).isEqualTo(ReasonCode.WriterUnknown);
        assertThat(ann.keeper.undecidedFor()).isGreaterThan(Writership.TROUBLE);
        controls.listsIn = Duration.ZERO;
        pass(Duration.ofMinutes(1));
        assertThat(ready(ann).status()).isEqualTo(Condition.Status.True);
        assertThat(ann.keeper.undecidedFor()).isZero();
    }

    @Test
    void lookEndsWithABug_itLooksAgain() {
        settled();
        controls.bug = new NoClassDefFoundError("on purpose");
        Control ann = controls.start("ann");
        pass(Duration.ofMinutes(2));
        assertThat(ready(ann).reason()).isEqualTo(ReasonCode.WriterUnknown);
        assertThat(ready(ann).message()).contains("on purpose");

        controls.bug = null;
        pass(Duration.ofMinutes(1));

        assertThat(ann.keeper.now()).isInstanceOf(Standing.Writer.class);
        assertThat(images()).containsExactly("shop:1");
    }

    @Test
    void follower_isNotInDoubt_untilItsEngineSaysNothing() {
        settled();
        controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(5));
        assertThat(bob.keeper.undecidedFor()).isZero();

        controls.bug = new NoClassDefFoundError("on purpose");
        controls.database.answers("bob", false);
        pass(Duration.ofMinutes(10));

        assertThat(bob.keeper.now()).isInstanceOf(Standing.Undecided.class);
        assertThat(bob.keeper.undecidedFor()).isGreaterThan(Writership.TROUBLE);
    }

    private List<String> images() {
        try {
            return controls.engine.containers(Controls.INSTANCE).stream()
                    .filter(ContainerView::running)
                    .map(container -> Objects.requireNonNull(container.template()).image())
                    .distinct()
                    .toList();
        } catch (ReconcileException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void follower_saysOfAJobThatNobodyStarted_thatAnotherIsTo() {
        settled();
        controls.commit(SHOP.formatted(1) + JOB); // whose image can't be pulled
        controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");

        pass(Duration.ofMinutes(1));

        assertThat(ready(bob, new ResourceId(Kind.Job, "import")).reason())
                .isEqualTo(ReasonCode.NotWriter);
    }

    @Test
    void jobDeclaredAnew_underAnotherWriter_runsAgain() throws Exception {
        settled();
        controls.engine.withImage("tools", new ImageBehaviour.Exits(0, List.of()));
        controls.commit(SHOP.formatted(1) + JOB);
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(1));
        controls.commit(SHOP.formatted(1));
        pass(Duration.ofMinutes(1));
        assertThat(controls.engine.runs(Controls.INSTANCE)).isEmpty();

        ann.process.kill();
        controls.commit(SHOP.formatted(1) + JOB);
        pass(Duration.ofMinutes(1));

        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);
        assertThat(controls.engine.runs(Controls.INSTANCE)).hasSize(1);
    }

    @Test
    void sameHomeStartedAgain_writesAtOnce() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofMinutes(1));
        ann.process.kill();
        controls.commit(SHOP.formatted(2));
        Duration died = controls.time.now();

        controls.start("ann");
        pass(Duration.ofSeconds(2));

        assertThat(writersSince(died)).containsExactly("ann");
    }

    /** When it was stopped, with its plan made, in front of the first write of a rollout. */
    private Duration stoppedInFrontOfAWrite(Control ann) {
        controls.engine.forgetCalls();
        controls.commit(SHOP.formatted(2));
        controls.time.pass(
                Duration.ofSeconds(1),
                () -> {
                    if (calls(EngineCall.ENSURE_NETWORK) > 0) {
                        ann.pause(Duration.ofMinutes(2));
                    }
                });
        assertThat(calls(EngineCall.ENSURE_NETWORK)).isEqualTo(1);
        assertThat(controls.engine.writes()).isEmpty(); // the network is there already
        return controls.time.now();
    }

    private long calls(EngineCall call) {
        return controls.engine.journal().stream().filter(entry -> entry.call() == call).count();
    }

    @Test
    void writerIsPaused_anotherTakesOver_itsLateWriteIsRefused() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        Control bob = controls.start("bob");
        pass(Duration.ofMinutes(1));
        Duration paused = stoppedInFrontOfAWrite(ann);
        pass(Duration.ofMinutes(1));
        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);

        pass(Duration.ofMinutes(3)); // it goes on where it was stopped: in front of a write

        assertThat(writersSince(paused)).containsExactly("bob");
        assertThat(ann.keeper.now()).isEqualTo(new Standing.Follower("bob"));
        assertThat(ready(ann).reason()).isEqualTo(ReasonCode.NotWriter);
    }

    /** What the test before this one is there to find. */
    @Test
    void writerIsPaused_andItsFenceIsOpen_itsLateWriteIsSeen() {
        controls.openFences.add("ann");
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(5));
        controls.start("bob");
        pass(Duration.ofMinutes(1));
        Duration paused = stoppedInFrontOfAWrite(ann);

        pass(Duration.ofMinutes(4));

        assertThat(writersSince(paused)).contains("ann", "bob");
    }

    @Test
    void databaseSilent_itsWriterGoesOn() {
        settled();
        controls.database.answers("ann", false);
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(10));

        controls.commit(SHOP.formatted(2));
        pass(Duration.ofSeconds(30));

        assertThat(ann.keeper.now()).isEqualTo(new Standing.Writer(1));
        assertThat(ready(ann).status()).isEqualTo(Condition.Status.True);
        assertThat(controls.writes.getFirst().at())
                .as("after it has waited once whether another writes")
                .isBetween(LeaseTimes.USUAL.patience(), Duration.ofSeconds(17));
    }

    @Test
    void emptyEngine_withTheLease_isWrittenToAtOnce() {
        settled();
        controls.start("ann");

        pass(Duration.ofSeconds(2));

        assertThat(controls.writes.getFirst().at()).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void databaseSilentAtFirst_itsWriterWritesOnceItHasTheLease() {
        settled();
        controls.database.answers("ann", false);
        controls.start("ann");
        pass(Duration.ofSeconds(4));
        assertThat(controls.writes).isEmpty();

        controls.database.answers("ann", true);
        pass(Duration.ofSeconds(4));

        assertThat(writersSince(Duration.ZERO)).containsExactly("ann");
    }

    @ParameterizedTest(name = "{0} ms later")
    @ValueSource(ints = {0, 500, 1000, 1500, 2000, 2500, 3000})
    void stampsRemoved_andDatabaseSilent_theNewcomerDoesNotWrite(int later) throws Exception {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofMinutes(1).plusMillis(later));
        controls.database.answers("ann", false);
        controls.database.answers("bob", false);
        for (Epoch stamp : controls.engine.epochs(Controls.INSTANCE)) {
            controls.engine.removeEpoch(Controls.INSTANCE, stamp.number());
        }

        Control bob = controls.start("bob");
        controls.commit(SHOP.formatted(2));
        pass(Duration.ofMinutes(2));

        assertThat(writersSince(Duration.ZERO)).containsExactly("ann");
        assertThat(ann.keeper.now()).isInstanceOf(Standing.Writer.class);
        assertThat(bob.keeper.now()).isEqualTo(new Standing.Follower("ann"));
    }

    @Test
    void databaseHangs_itsWriterGoesOn() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(10));
        controls.database.hangs("ann");
        controls.commit(SHOP.formatted(2));
        Duration hung = controls.time.now();

        controls.time.pass(
                Duration.ofMinutes(5),
                () -> assertThat(ann.keeper.now()).isInstanceOf(Standing.Writer.class));

        assertThat(writersSince(hung)).containsExactly("ann");
    }

    @Test
    void databasesApart_whoWritesGoesOn_theNewcomerLooksOn() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(10));
        Control bob =
                controls.start("bob", new FakeLeaseStore(controls.time.process("db").clock()));

        pass(Duration.ofMinutes(20));

        assertThat(writersSince(Duration.ZERO)).containsExactly("ann");
        assertThat(bob.keeper.now()).isEqualTo(new Standing.Follower("ann"));
        ann.process.kill();
        pass(Duration.ofMinutes(6));
        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);
    }

    @Test
    void homeLost_theNewOneWritesOnceNobodyAnswers() {
        settled();
        Control ann = controls.start("ann");
        pass(Duration.ofSeconds(10));
        ann.process.kill();

        Control bob =
                controls.start("bob", new FakeLeaseStore(controls.time.process("db").clock()));
        pass(Duration.ofSeconds(20));

        assertThat(bob.keeper.now()).isInstanceOf(Standing.Writer.class);
    }

    @Test
    void nothingChanges_nothingIsWritten() {
        settled();
        controls.start("ann");
        pass(Duration.ofSeconds(10));
        controls.start("bob");
        pass(Duration.ofMinutes(1));
        controls.engine.forgetCalls();

        pass(Duration.ofMinutes(30));

        assertThat(controls.engine.writes()).as("no stamp either").isEmpty();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverHappens_neverTwoWriters(long seed) {
        Controls many = new Controls(seed);
        many.engine.withImages("shop:1", "shop:2", "shop:3");
        many.commit(SHOP.formatted(1));
        Random random = new Random(seed);
        many.slow = seed % 2 == 0 ? new Random(seed) : null;
        List<String> homes = List.of("ann", "bob", "cid");
        List<Control> running = new ArrayList<>(homes.stream().map(many::start).toList());

        for (int i = 0; i < 12; i++) {
            int who = random.nextInt(homes.size());
            switch (random.nextInt(6)) {
                case 0 -> running.get(who).pause(Duration.ofSeconds(random.nextInt(40)));
                case 1 -> {
                    running.get(who).process.kill();
                    running.set(who, many.start(homes.get(who)));
                }
                case 2 -> many.database.answers(homes.get(who), false);
                case 3 -> many.database.answers(homes.get(who), true);
                case 4 -> many.commit(SHOP.formatted(1 + random.nextInt(3)));
                default -> {}
            }
            many.time.pass(
                    Duration.ofMillis(random.nextInt(30_000)),
                    () -> assertThat(many.writers()).hasSizeLessThanOrEqualTo(1));
        }

        many.slow = null;
        homes.forEach(home -> many.database.answers(home, true));
        many.time.pass(Duration.ofMinutes(11));
        assertThat(many.writers()).as("in the end somebody writes").hasSize(1);
    }
}
