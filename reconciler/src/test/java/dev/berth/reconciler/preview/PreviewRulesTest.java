package dev.berth.reconciler.preview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.preview.Preview.Queued;
import dev.berth.reconciler.preview.Preview.Refused;
import dev.berth.reconciler.preview.Preview.Verdict;
import dev.berth.reconciler.preview.Preview.Wanted;
import dev.berth.reconciler.preview.Preview.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class PreviewRulesTest {
    private static final Instant NOW = Instant.EPOCH.plus(Duration.ofHours(1));

    private static Map<String, Verdict> decide(Rules rules, Instant now, OpenPull... pulls) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        new PreviewRules("shop", rules.make())
                .decide(new RepoPulls.Known(List.of(pulls), List.of()), now)
                .forEach(preview -> verdicts.put(preview.id().key(), preview.verdict()));
        return verdicts;
    }

    private static Verdict one(Rules rules, OpenPull pull) {
        return decide(rules, NOW, pull).values().iterator().next();
    }

    private static Why refused(Rules rules, OpenPull pull) {
        assertThat(one(rules, pull)).isInstanceOf(Refused.class);
        return ((Refused) one(rules, pull)).why();
    }

    private static String serves(Rules rules, OpenPull pull) {
        assertThat(one(rules, pull)).isInstanceOf(Wanted.class);
        return ((Wanted) one(rules, pull)).commit();
    }

    @Test
    void decide_open_hasOneOfItsNewestCommit() {
        assertThat(serves(Rules.usual(), Pull.number(12).open())).isEqualTo(Pull.commit(12));
        assertThat(serves(Rules.usual(), Pull.number(12).draft().open()))
                .isEqualTo(Pull.commit(12));
    }

    @Test
    void decide_draft_hasNoneWhereDraftsHaveNone() {
        assertThat(refused(Rules.usual().noDrafts(), Pull.number(1).draft().open()))
                .isEqualTo(Why.DRAFT);
    }

    @Test
    void decide_labels_anyOfThemAndNoneThatMustNotBe() {
        Rules rules = Rules.usual().labels("preview", "demo", "!skip");

        assertThat(refused(rules, Pull.number(1).open())).isEqualTo(Why.LABEL);
        assertThat(serves(rules, Pull.number(1).labels("demo").open())).isNotEmpty();
        assertThat(refused(rules, Pull.number(1).labels("demo", "skip").open()))
                .isEqualTo(Why.LABEL);
        assertThat(serves(Rules.usual().labels("!skip"), Pull.number(1).open())).isNotEmpty();
    }

    @Test
    void decide_fork_hasNone() {
        assertThat(refused(Rules.usual(), Pull.number(1).fork().open())).isEqualTo(Why.FORK);
        assertThat(
                        refused(
                                Rules.usual().labels("preview"),
                                Pull.number(1).fork().approved("preview", Pull.commit(1)).open()))
                .isEqualTo(Why.FORK);
    }

    @Test
    void decide_forkLetIn_hasOneOfThatCommitAlone() {
        Rules rules = Rules.usual().labels("preview").forksByLabel();
        OpenPull labeled = Pull.number(1).fork().labels("preview").open();
        OpenPull let = Pull.number(1).fork().approved("preview", Pull.commit(1)).open();

        assertThat(refused(rules, labeled)).as("by somebody who may not").isEqualTo(Why.FORK);
        assertThat(serves(rules, let)).isEqualTo(Pull.commit(1));
        OpenPull pushed =
                Pull.number(1)
                        .fork()
                        .at(Pull.commit(99))
                        .approved("preview", Pull.commit(1))
                        .open();
        assertThat(serves(rules, pushed)).as("a push is not let in").isEqualTo(Pull.commit(1));
        assertThat(((Wanted) one(rules, pushed)).note()).contains("needs the label preview anew");
    }

    @Test
    void decide_nothingPushedForLong_hasNoneUntilAPush() {
        Rules rules = Rules.usual();
        OpenPull old = Pull.number(1).open();
        Instant later = old.pushedAt().plus(Duration.ofDays(3));

        assertThat(decide(rules, later.minusSeconds(1), old).get("pr-1"))
                .isInstanceOf(Wanted.class);
        assertThat(decide(rules, later, old).get("pr-1")).isInstanceOf(Refused.class);
        assertThat(decide(rules, later, Pull.number(1).pushed(later.minusSeconds(5)).open()))
                .extractingByKey("pr-1")
                .isInstanceOf(Wanted.class);
    }

    @Test
    void decide_moreThanThereMayBe_firstComeFirstServed() {
        Rules rules = Rules.usual().most(2);
        OpenPull five = Pull.number(5).open();
        OpenPull six = Pull.number(6).open();
        OpenPull seven = Pull.number(7).open();
        OpenPull reopened = Pull.number(3).opened(Instant.EPOCH.plusSeconds(60)).open();

        Map<String, Verdict> all = decide(rules, NOW, reopened, seven, six, five);

        assertThat(all.keySet()).containsExactly("pr-5", "pr-6", "pr-7", "pr-3");
        assertThat(all.get("pr-6")).isInstanceOf(Wanted.class);
        assertThat(all.get("pr-7")).isEqualTo(new Queued(0, 2));
        assertThat(all.get("pr-3")).isEqualTo(new Queued(1, 2));
        assertThat(decide(rules, NOW, reopened, seven, six).get("pr-7"))
                .as("once one is closed")
                .isInstanceOf(Wanted.class);
    }

    @Test
    void decide_fitsForLonger_goesBeforeAnOlderOne() {
        RepoPulls.Known known =
                new RepoPulls.Known(
                        List.of(Pull.number(5).open(), Pull.number(6).open()), List.of());
        SortedMap<String, Instant> turns = new TreeMap<>(Map.of("pr-6", NOW.minusSeconds(60)));

        List<Preview> decided =
                new PreviewRules("shop", Rules.usual().most(1).make()).decide(known, turns, NOW);

        assertThat(decided).extracting(one -> one.id().key()).containsExactly("pr-6", "pr-5");
        assertThat(PreviewRules.turns(decided, turns, NOW))
                .containsEntry("pr-6", NOW.minusSeconds(60))
                .containsEntry("pr-5", NOW);
    }

    @Test
    void decide_labelsWithoutAForge_saysThatTheyCantBeTold() {
        OpenPull pull = OpenPull.hinted(12, NOW).ownCode("refs/pull/12/head", "a", "topic", NOW);

        assertThat(one(Rules.usual().labels("preview"), pull))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.message()).contains("spec.forges"));
    }

    @Test
    void decide_refused_takesNobodysTurn() {
        Rules rules = Rules.usual().most(1).noDrafts();

        Map<String, Verdict> all =
                decide(rules, NOW, Pull.number(1).draft().open(), Pull.number(2).open());

        assertThat(all.get("pr-2")).isInstanceOf(Wanted.class);
    }

    @Test
    void decide_branches_thoseThatFitAPattern() {
        Rules rules = Rules.usual().branches("feature/*", "staging");
        List<OpenBranch> branches =
                List.of(branch("feature/cart"), branch("main"), branch("staging"));

        List<Preview> all =
                new PreviewRules("shop", rules.make())
                        .decide(new RepoPulls.Known(List.of(), branches), NOW);

        assertThat(all)
                .extracting(preview -> preview.subject().ref())
                .containsExactlyInAnyOrder("feature/cart", "staging");
        assertThat(all)
                .extracting(preview -> preview.id().key())
                .contains("staging")
                .allMatch(key -> key.matches("[a-z0-9-]{1,20}"));
    }

    private static OpenBranch branch(String name) {
        return new OpenBranch(name, Pull.commit(1), Instant.EPOCH, Instant.EPOCH);
    }

    // ---- a label lets in what the one who gave it has seen --------------------------------------

    @Test
    void then_labelOnTheCommitSeenWithout_isOfThatCommit() {
        OpenPull before = Pull.number(1).fork().open();

        OpenPull after = before.then(Pull.number(1).fork().labels("preview").open());

        assertThat(after.labeled()).containsEntry("preview", Pull.commit(1));
        assertThat(after.let(after.labels())).as("who gave it is not known yet").isNull();
        assertThat(after.letInBy("preview").let(after.labels())).isEqualTo(Pull.commit(1));
        assertThat(after.notLetInBy("preview").labeled()).isEmpty();
    }

    @Test
    void then_pushBeforeItWasAskedWhoGaveTheLabel_dropsIt() {
        OpenPull pending =
                Pull.number(1).fork().open().then(Pull.number(1).fork().labels("preview").open());
        assertThat(pending.isPending("preview")).isTrue();

        OpenPull pushed =
                pending.then(Pull.number(1).fork().at(Pull.commit(2)).labels("preview").open());

        assertThat(pushed.labeled()).isEmpty();
    }

    @Test
    void then_ownBranchIsGone_isNoForkUntilItMoves() {
        OpenPull own = Pull.number(1).open();

        OpenPull gone = own.then(Pull.number(1).fork().open());

        assertThat(gone.fork()).isFalse();
        assertThat(gone.then(Pull.number(1).fork().at(Pull.commit(2)).open()).fork()).isTrue();
    }

    @Test
    void then_labelAndPushAtOnce_isOfNoCommit() {
        OpenPull before = Pull.number(1).fork().open();

        OpenPull after =
                before.then(Pull.number(1).fork().at(Pull.commit(2)).labels("preview").open());

        assertThat(after.labeled()).isEmpty();
    }

    @Test
    void then_pushAfterTheLabel_leavesItAtTheCommitBefore() {
        OpenPull let = Pull.number(1).fork().approved("preview", Pull.commit(1)).open();

        OpenPull after =
                let.then(Pull.number(1).fork().at(Pull.commit(2)).labels("preview").open());

        assertThat(after.let(after.labels())).isEqualTo(Pull.commit(1));
        OpenPull without = after.then(Pull.number(1).fork().at(Pull.commit(2)).open());
        assertThat(without.let(after.labels())).as("taken away").isNull();
        OpenPull anew =
                without.then(Pull.number(1).fork().at(Pull.commit(2)).labels("preview").open())
                        .letInBy("preview");
        assertThat(anew.let(anew.labels())).isEqualTo(Pull.commit(2));
    }
}
