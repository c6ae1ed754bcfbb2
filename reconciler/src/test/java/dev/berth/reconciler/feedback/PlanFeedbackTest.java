package dev.berth.reconciler.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.desired.Location;
import dev.berth.reconciler.desired.Problem;
import dev.berth.reconciler.foresight.Forecast;
import dev.berth.reconciler.foresight.Forecast.Unread.Whose;
import dev.berth.reconciler.foresight.Proposal;
import dev.berth.reconciler.forge.Check;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Post;
import dev.berth.reconciler.preview.Pull;
import dev.berth.reconciler.preview.RepoPulls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PlanFeedbackTest {
    private static final ForgeRepo CONFIG = new ForgeRepo("forge.example.com", "acme/config");

    private static final String FOLLOWED = "main@sha1:" + Pull.commit(1);
    private static final String NEXT = "main@sha1:" + Pull.commit(2);
    private static final String COMMENT = CONFIG + "#12 plan";
    private static final String STATUS = CONFIG + "@" + Pull.commit(12) + " berth/plan";
    private static final Problem WRONG =
            new Problem(new Location("a.yaml", 7, 3), "spec.port", Problem.Code.TYPE, "no number");

    private final List<Proposal> asked = new ArrayList<>();
    private final Map<String, Post> said = new LinkedHashMap<>();
    private final Set<String> before = new HashSet<>();
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private Function<Proposal, Forecast> next = _ -> unread(Whose.COMMIT);
    private int looks;
    private PlanFeedback feedback = feedback();

    private PlanFeedback feedback() {
        return new PlanFeedback(
                CONFIG,
                new PlanFeedback.Planning(
                        proposal -> {
                            asked.add(proposal);
                            return next.apply(proposal);
                        },
                        () -> looks++),
                new PlanFeedback.Said(() -> before, this::pending),
                new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(30), new Random(1)),
                clock);
    }

    /** As the outbox has it. */
    private Map<String, Post.Status> pending() {
        Map<String, Post.Status> pending = new TreeMap<>();
        said.forEach(
                (key, post) -> {
                    Post.Status status = post.pending();
                    if (status != null) {
                        pending.put(key, status);
                    }
                });
        return pending;
    }

    private void restart() {
        before.addAll(said.keySet());
        feedback = feedback();
    }

    private void say(String followed, Pull... pulls) {
        feedback.say(
                "home",
                followed,
                new RepoPulls.Known(Stream.of(pulls).map(Pull::open).toList(), List.of()),
                new Links("http://127.0.0.1:9080"),
                said::put);
    }

    private static Forecast unread(Whose whose) {
        return new Forecast.Unread("pull/12", "nobody knows", whose);
    }

    private static Forecast.Subject subject(Forecast.Had had) {
        return new Forecast.Subject(
                "pull/12", Pull.commit(12), "main", Pull.commit(1), null, had, List.of());
    }

    private static Forecast planned(Forecast.Had had, Forecast.Mistakes mistakes) {
        return new Forecast.Planned(
                subject(had),
                mistakes,
                "main@sha1:" + Pull.commit(12),
                "Plan: nothing to change\n",
                List.of(),
                List.of(),
                3,
                List.of(),
                new TreeMap<>());
    }

    private static Forecast good() {
        return planned(Forecast.Had.NOT, mistakes(Map.of()));
    }

    private static Forecast.Mistakes mistakes(Map<Location, Integer> elsewhere, Problem... own) {
        return new Forecast.Mistakes(List.of(own), List.of(), elsewhere);
    }

    private CommitStatus status(String key) {
        return ((Post.Status) Objects.requireNonNull(said.get(key), key)).status();
    }

    private String comment() {
        return ((Post.Comment) Objects.requireNonNull(said.get(COMMENT))).markdown();
    }

    @Test
    void say_open_isPlannedOnceForACommitAndAFollowedOne() {
        next = _ -> good();
        say(FOLLOWED, Pull.number(12));
        say(FOLLOWED, Pull.number(12));
        assertThat(asked).containsExactly(new Proposal("pull/12", true, Pull.commit(12)));

        say(NEXT, Pull.number(12));
        say(NEXT, Pull.number(12).at(Pull.commit(13)));

        assertThat(asked).hasSize(3);
        assertThat(said.keySet()).contains(COMMENT, CONFIG + "@" + Pull.commit(13) + " berth/plan");
        assertThat(said.values())
                .filteredOn(post -> post instanceof Post.Status)
                .allSatisfy(
                        post ->
                                assertThat(((Post.Status) post).status().state())
                                        .isEqualTo(CommitStatus.State.SUCCESS));
    }

    @Test
    void say_fork_isNotTrusted() {
        say(FOLLOWED, Pull.number(12).fork());

        assertThat(asked).extracting(Proposal::trust).containsExactly(Proposal.Trust.NO);
    }

    @Test
    void say_nothingCouldBeSaid_isNoSuccessAndTriedAgainAfterAWhile() {
        say(FOLLOWED, Pull.number(12));
        say(FOLLOWED, Pull.number(12));
        assertThat(asked).hasSize(1);
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.ERROR);

        clock.pass(Duration.ofMinutes(1));
        next = _ -> good();
        say(FOLLOWED, Pull.number(12));

        assertThat(asked).hasSize(2);
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.SUCCESS);
    }

    @Test
    void say_bugInOne_keepsNoOtherFromItsPlan() {
        next =
                proposal -> {
                    switch (proposal.name()) {
                        case "pull/3" -> throw new IllegalStateException("a bug");
                        case "pull/4" -> throw new StackOverflowError();
                        default -> {}
                    }
                    return good();
                };

        say(FOLLOWED, Pull.number(3), Pull.number(4), Pull.number(12));

        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(status(CONFIG + "@" + Pull.commit(3) + " berth/plan").state())
                .isEqualTo(CommitStatus.State.ERROR);
        assertThat(said).containsKey(CONFIG + "#4 plan");
    }

    @Test
    void say_neverPlanned_comesBeforeThoseThatFailed() {
        say(FOLLOWED, Pull.number(3), Pull.number(4));
        clock.pass(Duration.ofHours(1));
        asked.clear();

        say(FOLLOWED, Pull.number(3), Pull.number(4), Pull.number(12));

        assertThat(asked).extracting(Proposal::name).containsExactly("pull/12", "pull/3", "pull/4");
    }

    @Test
    void say_repoCannotBeRead_endsTheRoundAndWaits() {
        next = _ -> unread(Whose.REPO);
        say(FOLLOWED, Pull.number(3), Pull.number(12));
        say(FOLLOWED, Pull.number(3), Pull.number(12));
        assertThat(asked).hasSize(1);

        clock.pass(Duration.ofMinutes(1));
        next = _ -> good();
        say(FOLLOWED, Pull.number(3), Pull.number(12));

        assertThat(asked).extracting(Proposal::name).containsExactly("pull/3", "pull/12", "pull/3");
    }

    @Test
    void say_nothingCanBeToldAfterAGoodPlan_leavesThatAlsoAfterARestart() {
        next = _ -> good();
        say(FOLLOWED, Pull.number(12));
        Map<String, Post> good = Map.copyOf(said);

        next = _ -> unread(Whose.REPO);
        say(NEXT, Pull.number(12));
        restart();
        say(NEXT, Pull.number(12));
        next = _ -> new Forecast.Unclear(subject(Forecast.Had.NOT), mistakes(Map.of()), "down");
        clock.pass(Duration.ofHours(1));
        say(NEXT, Pull.number(12));

        assertThat(asked).hasSize(4);
        assertThat(said).isEqualTo(good);
    }

    @Test
    void say_merged_leavesTheLastPlan() {
        next = _ -> good();
        say(FOLLOWED, Pull.number(12));
        Map<String, Post> good = Map.copyOf(said);

        next = _ -> planned(Forecast.Had.COMMIT, mistakes(Map.of(), WRONG));
        say(NEXT, Pull.number(12));
        next = _ -> planned(Forecast.Had.FILES, mistakes(Map.of(), WRONG));
        say(FOLLOWED, Pull.number(12));
        say(FOLLOWED);

        assertThat(asked).hasSize(3);
        assertThat(said).isEqualTo(good);
    }

    @Test
    void say_sameFilesAreFollowedAndItStaysOpen_isToldInTheEnd() {
        next = _ -> planned(Forecast.Had.NOT, mistakes(Map.of(), WRONG));
        say(FOLLOWED, Pull.number(12));
        next = _ -> planned(Forecast.Had.FILES, mistakes(Map.of()));
        for (int i = 0; i < 5; i++) {
            say(NEXT, Pull.number(12));
            clock.pass(Duration.ofHours(1));
        }

        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(asked).hasSize(5);
    }

    @Test
    void say_intoABranchThatIsNotFollowed_getsNoPlanAndTakesBackWhatWasSaid() {
        say(FOLLOWED, Pull.number(12).into("release"));
        assertThat(asked).isEmpty();
        assertThat(said).isEmpty();

        next = _ -> planned(Forecast.Had.NOT, mistakes(Map.of(), WRONG));
        say(FOLLOWED, Pull.number(12));
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.FAILURE);
        restart();
        say(FOLLOWED, Pull.number(12).into("release"));

        assertThat(comment()).startsWith("### No plan\n").contains("merged into `release`");
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.SUCCESS);
        assertThat(status(STATUS).description()).startsWith("changes nothing that is followed");
        say(FOLLOWED, Pull.number(12));
        say(FOLLOWED, Pull.number(12).into(""));
        assertThat(asked).hasSize(3);
    }

    @Test
    void say_movedOnWhileItWasRead_tellsNothingAndLooksAgain() {
        next = _ -> good();
        say(FOLLOWED, Pull.number(12));
        Map<String, Post> good = Map.copyOf(said);
        next = _ -> new Forecast.Moved("pull/12", Pull.commit(12), Pull.commit(13));

        say(NEXT, Pull.number(12));

        assertThat(said).isEqualTo(good);
        assertThat(looks).isEqualTo(1);
        assertThat(comment()).doesNotContain("any more");
    }

    private static String statusOf(int commit) {
        return CONFIG + "@" + Pull.commit(commit) + " berth/plan";
    }

    @Test
    void say_movedOnBeforeItsFirstPlan_noCommitStaysPending() {
        next = _ -> new Forecast.Moved("pull/12", Pull.commit(12), Pull.commit(13));
        say(FOLLOWED, Pull.number(12));
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.PENDING);

        next = _ -> good();
        say(FOLLOWED, Pull.number(12).at(Pull.commit(13)));

        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.ERROR);
        assertThat(status(STATUS).description()).startsWith("not planned: a newer commit");
        assertThat(status(statusOf(13)).state()).isEqualTo(CommitStatus.State.SUCCESS);
    }

    @Test
    void say_movedOnAndClosedOrRestarted_noCommitStaysPending() {
        next = _ -> new Forecast.Moved("pull/12", Pull.commit(12), Pull.commit(13));
        say(FOLLOWED, Pull.number(12), Pull.number(3));
        restart();
        say(FOLLOWED, Pull.number(3));

        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.ERROR);
        assertThat(status(statusOf(3)).state()).isEqualTo(CommitStatus.State.PENDING);

        next = _ -> planned(Forecast.Had.COMMIT, mistakes(Map.of()));
        clock.pass(Duration.ofHours(1));
        say(FOLLOWED, Pull.number(3));
        assertThat(status(statusOf(3)).state()).isEqualTo(CommitStatus.State.SUCCESS);
    }

    @Test
    void say_repoDoesNotHaveThatCommitForLong_isAnErrorUntilItHas() {
        next = _ -> new Forecast.Moved("pull/12", Pull.commit(12), Pull.commit(11));
        for (int i = 0; i < 3; i++) {
            assertThat(said.get(STATUS))
                    .satisfiesAnyOf(
                            none -> assertThat(none).isNull(),
                            one ->
                                    assertThat(status(STATUS).state())
                                            .isEqualTo(CommitStatus.State.PENDING));
            say(FOLLOWED, Pull.number(12));
            clock.pass(Duration.ofHours(1));
        }
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.ERROR);
        assertThat(status(STATUS).description())
                .isEqualTo("not planned: pull/12 is at commit " + Pull.commit(11).substring(0, 12));

        next = _ -> good();
        say(FOLLOWED, Pull.number(12));
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.SUCCESS);
    }

    @Test
    void say_endedInTheMiddleAndCannotBeRead_saysSo() {
        next =
                _ -> {
                    Thread.currentThread().interrupt();
                    return good();
                };
        say(FOLLOWED, Pull.number(12));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.PENDING);
        restart();

        next = _ -> unread(Whose.COMMIT);
        say(FOLLOWED, Pull.number(12));

        assertThat(status(STATUS).state()).isEqualTo(CommitStatus.State.ERROR);
    }

    @Test
    void say_mistake_isBesideItsLineAsFarAsTheCommitHasIt() {
        Problem other = new Problem(new Location("b.yaml", 2, 1), "", Problem.Code.KIND, "no kind");
        Problem gone = new Problem(new Location("c.yaml", 2, 1), "", Problem.Code.KIND, "gone");
        next =
                _ ->
                        planned(
                                Forecast.Had.NOT,
                                mistakes(
                                        Map.of(other.location(), 0, gone.location(), -1),
                                        WRONG,
                                        other,
                                        gone));

        say(FOLLOWED, Pull.number(12));

        assertThat(lines().annotations())
                .containsExactly(
                        new Check.Annotation(
                                "a.yaml", 7, Check.Level.FAILURE, "spec.port: no number [E-TYPE]"),
                        new Check.Annotation(
                                "b.yaml",
                                1,
                                Check.Level.FAILURE,
                                "line 2 once merged: no kind [E-KIND]"));
        assertThat(lines().passed()).isFalse();
    }

    @Test
    void say_mistakesAreOldOnesNow_turnsTheLinesGreenAlsoAfterARestart() {
        next = _ -> planned(Forecast.Had.NOT, mistakes(Map.of(), WRONG));
        say(FOLLOWED, Pull.number(12));
        assertThat(lines().passed()).isFalse();
        restart();
        next = _ -> good();
        say(NEXT, Pull.number(12));

        assertThat(lines().passed()).isTrue();
        assertThat(lines().annotations()).isEmpty();
    }

    private Check lines() {
        return ((Post.Lines) Objects.requireNonNull(said.get(STATUS + " lines"))).check();
    }

    @Test
    void say_neverSaidOfThatCommit_saysFirstThatItIsLookedAt() {
        List<CommitStatus.State> states = new ArrayList<>();
        next = _ -> good();
        feedback.say(
                "home",
                FOLLOWED,
                new RepoPulls.Known(List.of(Pull.number(12).open()), List.of()),
                new Links("http://127.0.0.1:9080"),
                (_, post) -> {
                    if (post instanceof Post.Status status) {
                        states.add(status.status().state());
                    }
                });

        assertThat(states).containsExactly(CommitStatus.State.PENDING, CommitStatus.State.SUCCESS);
    }

    @Test
    void say_nobodyCanTellWhatIsOpen_saysNothing() {
        feedback.say(
                "home",
                FOLLOWED,
                new RepoPulls.Unknown("down"),
                new Links("http://127.0.0.1:9080"),
                said::put);

        assertThat(said).isEmpty();
    }
}
