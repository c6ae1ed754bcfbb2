package dev.berth.reconciler.preview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import dev.berth.reconciler.forge.CommitStatus;
import dev.berth.reconciler.forge.Forge;
import dev.berth.reconciler.forge.ForgeException;
import dev.berth.reconciler.forge.ForgeRepo;
import dev.berth.reconciler.forge.Labeled;
import dev.berth.reconciler.forge.Mark;
import dev.berth.reconciler.forge.PullRequest;
import dev.berth.reconciler.forge.PullState;
import dev.berth.reconciler.forge.Pulls;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class PullWatchTest {
    private static final String SHOP = "https://forge.example.com/acme/shop.git";
    private static final RepoUrl REPO = url(SHOP);
    private static final App.Previews USUAL = Rules.usual().make();
    private static final App.Previews FORKS = Rules.usual().labels("preview").forksByLabel().make();

    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final FakeForge forge = new FakeForge();
    private final SortedMap<String, String> refs = new TreeMap<>();
    private final AtomicInteger wakes = new AtomicInteger();
    private final SortedSet<String> lives = new TreeSet<>();
    private final Map<String, String> made = new HashMap<>();
    private final List<RepoUrl> logins = new ArrayList<>();
    private boolean hasForge = true;
    private boolean repoAnswers = true;
    private PullWatch watch = following(PullBook.empty());

    @TempDir private Path directory;

    private static RepoUrl url(String text) {
        try {
            return RepoUrl.parse(text);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new AssertionError(e);
        }
    }

    /** One that knows which forges there are. */
    private PullWatch following(PullBook book) {
        PullWatch made = watch(book);
        made.follow(List.of());
        return made;
    }

    private PullWatch watch(PullBook book) {
        return new PullWatch(
                book,
                new PullWatch.Surroundings(
                        _ -> hasForge ? forge : null,
                        (repo, prefixes) -> {
                            logins.add(repo);
                            return list(prefixes);
                        },
                        () -> "https://forge.example.com/acme/config",
                        () -> Duration.ofSeconds(30),
                        wakes::incrementAndGet),
                new Random(1),
                clock);
    }

    private SortedMap<String, String> list(List<String> prefixes) throws ReconcileException {
        if (!repoAnswers) {
            throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, "it is gone");
        }
        SortedMap<String, String> found = new TreeMap<>(refs);
        found.keySet().removeIf(ref -> prefixes.stream().noneMatch(ref::startsWith));
        return found;
    }

    /** A forge that lists what it is given, and says of others that they are closed. */
    private static final class FakeForge implements Forge {
        private final Map<Integer, PullRequest> open = new TreeMap<>();
        private final Map<Integer, PullRequest> unlisted = new TreeMap<>();
        private final Map<String, Labeled> givers = new HashMap<>();
        private final List<String> asked = new ArrayList<>();
        private final Map<Integer, ForgeException.Kind> stateFaults = new HashMap<>();
        private final Set<Integer> labelFaults = new HashSet<>();
        private @Nullable String fault;
        private @Nullable Duration retryAfter;
        private @Nullable String stateFault;
        private boolean saysUnchanged;
        private Runnable whenLabelIsAsked = () -> {};

        private void fail(@Nullable String why) throws ForgeException {
            if (why != null) {
                throw new ForgeException(ForgeException.Kind.UNREACHABLE, why, retryAfter);
            }
        }

        @Override
        public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
            asked.add(since == null ? "list" : "list since " + since.etag());
            fail(fault);
            return since == null || !saysUnchanged
                    ? new Pulls.Listed(List.copyOf(open.values()), new Mark("etag"))
                    : new Pulls.Unchanged();
        }

        @Override
        public PullState state(ForgeRepo repo, int number) throws ForgeException {
            asked.add("state " + number);
            fail(stateFault);
            ForgeException.Kind kind = stateFaults.get(number);
            if (kind != null) {
                throw new ForgeException(kind, "404", null);
            }
            PullRequest there = unlisted.getOrDefault(number, open.get(number));
            return there == null ? new PullState.Closed(true) : new PullState.Open(there);
        }

        @Override
        public Labeled labeled(ForgeRepo repo, int number, String label) throws ForgeException {
            asked.add("label " + label);
            fail(labelFaults.contains(number) ? "no permission" : null);
            whenLabelIsAsked.run();
            return givers.getOrDefault(label, Labeled.BY_NOBODY);
        }

        @Override
        public void status(ForgeRepo repo, String commit, CommitStatus status) {}

        @Override
        public void comment(ForgeRepo repo, int number, String marker, String markdown) {}

        @Override
        public String pullRef(int number) {
            return "refs/pull/%d/head".formatted(number);
        }
    }

    private static PullRequest pull(int number, int commit, boolean fork, String... labels) {
        return pull(number, commit, fork, Instant.EPOCH, labels);
    }

    private static PullRequest pull(
            int number, int commit, boolean fork, Instant updated, String... labels) {
        return new PullRequest(
                number,
                "Change " + number,
                "https://forge.example.com/acme/shop/pull/" + number,
                "ada",
                Pull.commit(commit),
                "topic",
                "main",
                false,
                fork,
                new TreeSet<>(Arrays.asList(labels)),
                updated);
    }

    private Previews.Answer ask(App.Previews rules) {
        return watch.of("shop", rules, SHOP);
    }

    private void tellWhatLives() {
        List<Previews.Live> all = new ArrayList<>();
        all.add(new Previews.Live(PreviewId.ofPull("other", 1), Pull.commit(1)));
        for (String key : lives) {
            all.add(new Previews.Live(preview(key), ""));
            all.add(new Previews.Live(preview(key), made.getOrDefault(key, "")));
        }
        watch.live(all);
    }

    private static PreviewId preview(String key) {
        return Objects.requireNonNull(PreviewId.of(ResourceId.app("shop." + key)));
    }

    /** Asks, tells what lives, looks, asks again. */
    private Map<String, Preview.Verdict> after(App.Previews rules) {
        ask(rules);
        tellWhatLives();
        watch.lookAgain(REPO);
        watch.round();
        Map<String, Preview.Verdict> verdicts = new TreeMap<>();
        ((Previews.Known) ask(rules))
                .previews()
                .forEach(preview -> verdicts.put(preview.id().key(), preview.verdict()));
        return verdicts;
    }

    private static String commit(Preview.@Nullable Verdict verdict) {
        return ((Preview.Wanted) Objects.requireNonNull(verdict)).commit();
    }

    @Test
    void of_neverToldYet_isUnknown() {
        forge.fault = "down";
        assertThat(ask(USUAL)).isInstanceOf(Previews.Unknown.class);

        watch.round();

        assertThat(ask(USUAL)).isEqualTo(new Previews.Unknown("down"));
        assertThat(wakes).hasValue(0);
    }

    @Test
    void look_listed_isKnownAndTellsThePass() {
        forge.open.put(12, pull(12, 1, false));

        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(1));
        assertThat(wakes).as("what lives is known, and what is open").hasValue(2);
        after(USUAL);
        assertThat(wakes).as("nothing new").hasValue(2);
        forge.open.put(12, pull(12, 2, false));
        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(2));
        assertThat(wakes).hasValue(3);
    }

    @Test
    void look_notListedAnyMore_goesOnlyWhenItIsSaidToBeClosed() {
        forge.open.put(12, pull(12, 1, false));
        forge.open.put(13, pull(13, 3, false));
        after(USUAL);
        forge.open.remove(12);
        forge.stateFault = "429";

        assertThat(after(USUAL)).as("a short list").containsOnlyKeys("pr-12", "pr-13");
        forge.stateFault = null;
        forge.unlisted.put(12, pull(12, 7, false));
        assertThat(after(USUAL)).as("it is open").containsOnlyKeys("pr-12", "pr-13");
        forge.unlisted.clear();
        assertThat(after(USUAL)).as("it is closed").containsOnlyKeys("pr-13");
    }

    @Test
    void look_outageOrEmptyList_removesNothing() {
        forge.open.put(12, pull(12, 1, false));
        after(USUAL);
        forge.fault = "<html>";

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        forge.fault = null;
        forge.stateFault = "down again";
        forge.open.clear();
        assertThat(after(USUAL)).as("an empty list").containsOnlyKeys("pr-12");
    }

    @Test
    void look_afterARestart_isKnownWithoutTheForge() {
        Path file = directory.resolve("pulls.json");
        watch = following(PullBook.in(file));
        forge.open.put(12, pull(12, 1, false));
        after(USUAL);
        forge.fault = "down";
        lives.add("pr-12");
        made.put("pr-12", Pull.commit(1));

        watch = following(PullBook.in(file));

        assertThat(ask(USUAL)).isInstanceOf(Previews.Known.class);
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
    }

    @Test
    void look_afterARestart_bookIsOlderThanWhatLives_makesAndTakesBackNothing() {
        Path file = directory.resolve("pulls.json");
        watch = following(PullBook.in(file));
        forge.open.put(12, pull(12, 1, false));
        forge.open.put(13, pull(13, 13, false));
        after(USUAL);
        forge.fault = "down";
        lives.add("pr-12");
        made.put("pr-12", Pull.commit(2)); // pushed since that was written

        watch = following(PullBook.in(file));

        assertThat(after(USUAL)).isEmpty();
        assertThat(ended(USUAL)).isEmpty();
        forge.fault = null;
        forge.open.put(12, pull(12, 2, false));
        assertThat(after(USUAL)).containsOnlyKeys("pr-12", "pr-13");
    }

    @Test
    void look_notYetDue_asksNobody() {
        ask(USUAL);
        watch.round();
        watch.round();
        assertThat(forge.asked).containsExactly("list");

        clock.pass(Duration.ofSeconds(31));
        watch.round();

        assertThat(forge.asked).containsExactly("list", "list since etag");
    }

    @Test
    void look_labelOfAFork_countsFromOneWhoMayWrite() {
        forge.open.put(12, pull(12, 1, true));
        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
        forge.open.put(12, pull(12, 1, true, "preview"));

        assertThat(after(FORKS).get("pr-12"))
                .as("given by a stranger")
                .isInstanceOf(Preview.Refused.class);
        forge.givers.put("preview", new Labeled("ada", true, Instant.EPOCH));
        assertThat(after(FORKS).get("pr-12"))
                .as("who gave it is asked once")
                .isInstanceOf(Preview.Refused.class);
        forge.open.put(12, pull(12, 1, true));
        after(FORKS);
        forge.open.put(12, pull(12, 1, true, "preview"));
        assertThat(commit(after(FORKS).get("pr-12"))).isEqualTo(Pull.commit(1));
    }

    @Test
    void look_forkOpenedWithItsLabel_isNotLetIn() {
        forge.givers.put("preview", new Labeled("ada", true, Instant.EPOCH));
        forge.open.put(12, pull(12, 1, true, "preview"));

        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
    }

    // ---- without a forge ------------------------------------------------------------------------

    @Test
    void look_noForge_openedByWebhookAndFoundInTheRepo() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        refs.put("refs/pull/11/head", Pull.commit(1));
        assertThat(after(USUAL)).as("nobody has said that they are open").isEmpty();

        watch.opened(REPO, 12, null);

        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(2));
        assertThat(commit(after(USUAL).get("pr-12")))
                .as("its branch is not there yet")
                .isEqualTo(Pull.commit(1));
        refs.put("refs/heads/topic", Pull.commit(2));
        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(2));
        watch.opened(REPO, 12, null);
        assertThat(commit(after(USUAL).get("pr-12"))).as("told twice").isEqualTo(Pull.commit(2));
        watch.closed(REPO, 12, null);
        after(USUAL);
        clock.pass(Duration.ofSeconds(10));
        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_noForge_forkHasNone() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12, null);

        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_noForge_repoGoneIsNoProof_refGoneIs() {
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12, null);
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");

        repoAnswers = false;
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        repoAnswers = true;
        refs.clear();
        assertThat(after(USUAL)).as("an empty repo").containsOnlyKeys("pr-12");
        refs.put("refs/heads/main", Pull.commit(1));
        assertThat(after(USUAL)).as("one list may be short").containsOnlyKeys("pr-12");
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        assertThat(after(USUAL)).as("three at once, too").containsOnlyKeys("pr-12");
        clock.pass(Duration.ofMinutes(2));
        assertThat(after(USUAL)).isEmpty();
        assertThat(ended(USUAL)).contains("pr-12");
    }

    @Test
    void look_branches_comeAndGoWithThoseOfTheRepo() {
        App.Previews rules = Rules.usual().branches("feature/*").make();
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/heads/feature/cart", Pull.commit(1));

        assertThat(after(rules)).hasSize(1);
        refs.remove("refs/heads/feature/cart");
        assertThat(after(rules)).as("one list may be short").hasSize(1);
        clock.pass(Duration.ofMinutes(2));
        assertThat(after(rules)).hasSize(1);
        refs.put("refs/heads/feature/cart", Pull.commit(1));
        after(rules);
        refs.remove("refs/heads/feature/cart");
        assertThat(after(rules)).as("it was there in between").hasSize(1);
        assertThat(after(rules)).hasSize(1);
        clock.pass(Duration.ofMinutes(2));
        assertThat(after(rules)).isEmpty();
    }

    // ---- what is not known ----------------------------------------------------------------------

    private SortedSet<String> ended(App.Previews rules) {
        return ((Previews.Known) ask(rules)).ended();
    }

    @Test
    void look_beforeItIsKnownWhichForgesThereAre_isNone() {
        Path file = directory.resolve("pulls.json");
        watch = following(PullBook.in(file));
        forge.open.put(12, pull(12, 1, false));
        after(USUAL);
        hasForge = false; // as if nobody had said yet that there is one
        refs.put("refs/heads/main", Pull.commit(9));
        lives.add("pr-12");
        made.put("pr-12", Pull.commit(1));

        watch = watch(PullBook.in(file));
        for (int i = 0; i < 4; i++) {
            assertThat(after(USUAL)).containsOnlyKeys("pr-12");
            clock.pass(Duration.ofMinutes(1));
        }
        hasForge = true;
        watch.follow(List.of());

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
    }

    @Test
    void look_bookIsLostAndNoForgeIsKnownYet_isUnknown() throws IOException {
        Path file = Files.writeString(directory.resolve("pulls.json"), "{\"repos\": {\"x\"");
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        watch = watch(PullBook.in(file));

        ask(USUAL);
        watch.round();

        assertThat(ask(USUAL)).isInstanceOf(Previews.Unknown.class);
    }

    @Test
    void look_listIsAnswered_nextAsksOnlyForWhatIsNewSince() {
        after(USUAL);
        after(USUAL);
        forge.asked.clear();

        after(USUAL);

        assertThat(forge.asked).containsExactly("list since etag");
    }

    @Test
    void follow_anotherForge_looksAtAllAgain() {
        after(USUAL);
        forge.asked.clear();
        forge.saysUnchanged = true;
        forge.open.put(12, pull(12, 12, false));

        watch.follow(List.of());
        watch.round();
        assertThat(forge.asked).as("the same").isEmpty();
        watch.follow(
                List.of(new Instance.Forge("forge.example.com", null, null, null, null, null)));
        watch.round();

        assertThat(forge.asked).containsExactly("list");
        assertThat(((Previews.Known) ask(USUAL)).previews()).as("what the old one said").hasSize(1);
    }

    @Test
    void ended_bookIsLostWithoutAForge_neverProvesWhatNobodySaid() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/pull/12/head", Pull.commit(12));
        refs.put("refs/pull/13/head", Pull.commit(13));
        lives.addAll(List.of("pr-12", "pr-13", "release-2"));
        for (int i = 0; i < 5; i++) {
            after(USUAL);
            clock.pass(Duration.ofMinutes(1));
        }

        assertThat(ended(USUAL)).as("no branches are asked for").containsExactly("release-2");
        watch.closed(REPO, 12, null);
        after(USUAL);
        assertThat(ended(USUAL)).doesNotContain("pr-12");
        clock.pass(Duration.ofSeconds(10));
        after(USUAL);
        assertThat(ended(USUAL)).contains("pr-12").doesNotContain("pr-13");
        watch.opened(REPO, 12, null);
        after(USUAL);
        assertThat(ended(USUAL)).as("opened again").doesNotContain("pr-12");
    }

    @Test
    void ended_bookIsLostWithoutAForge_refThatIsGoneProves() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        lives.add("pr-12");
        after(USUAL);
        after(USUAL);
        assertThat(ended(USUAL)).as("a list may be short").isEmpty();
        clock.pass(Duration.ofMinutes(2));
        after(USUAL);

        assertThat(ended(USUAL)).containsExactly("pr-12");
    }

    @Test
    void ended_bookIsLost_theForgeIsAskedForEachThatLives() {
        lives.addAll(List.of("pr-12", "pr-13", "pr-14"));
        forge.open.put(13, pull(13, 13, false));
        forge.unlisted.put(14, pull(14, 14, false));
        ask(USUAL);
        tellWhatLives();
        int before = wakes.get();

        assertThat(after(USUAL)).containsOnlyKeys("pr-13", "pr-14");
        assertThat(ended(USUAL)).containsExactly("pr-12");
        assertThat(forge.asked).containsExactly("list", "state 12", "state 14");
        assertThat(wakes).as("that is news").hasValue(before + 1);
    }

    @Test
    void ended_nobodySaidYetWhatLives_isNothing() {
        forge.open.put(12, draft(12));
        App.Previews rules = Rules.usual().noDrafts().make();
        ask(rules);
        watch.round();

        assertThat(ended(rules)).isEmpty();
        tellWhatLives();
        assertThat(ended(rules)).containsExactly("pr-12");
    }

    @Test
    void ended_bookIsOlderThanWhatLives_waitsForTheForge() {
        Path file = directory.resolve("pulls.json");
        App.Previews rules = Rules.usual().noDrafts().make();
        forge.open.put(11, pull(11, 11, false));
        watch = following(PullBook.in(file));
        after(rules);
        forge.open.remove(11);
        forge.open.put(12, draft(12));
        after(rules);
        assertThat(ended(rules)).containsExactly("pr-11", "pr-12");
        forge.fault = "down";
        lives.addAll(List.of("pr-11", "pr-12", "pr-13"));

        watch = following(PullBook.in(file));
        after(rules);
        assertThat(ended(rules)).as("it may be as long ago as you like").isEmpty();
        forge.fault = null;
        forge.open.put(11, pull(11, 11, false));
        forge.open.put(12, pull(12, 12, false));
        after(rules);

        assertThat(ended(rules)).containsExactly("pr-13");
    }

    @Test
    void ended_nothingHasChangedSince_provesNothingOfWhatComesToLight() {
        after(USUAL);
        forge.saysUnchanged = true;
        for (int i = 0; i < 4; i++) {
            after(USUAL);
            clock.pass(Duration.ofMinutes(1));
        }
        assertThat(ended(USUAL)).isEmpty();
        lives.add("pr-12");
        forge.unlisted.put(12, pull(12, 12, false));

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        assertThat(ended(USUAL)).isEmpty();
    }

    @Test
    void ended_branchesNeverListed_holdsThoseAlone() {
        App.Previews rules = Rules.usual().branches("feature/*").make();
        repoAnswers = false;
        lives.addAll(List.of("pr-12", "feature-x"));
        for (int i = 0; i < 4; i++) {
            after(rules);
            clock.pass(Duration.ofMinutes(1));
        }

        assertThat(ended(rules)).containsExactly("pr-12");
    }

    @Test
    void ended_branchThatNobodyRemembers_isGoneAfterThreeLists() {
        App.Previews rules = Rules.usual().branches("feature/*").make();
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/heads/feature/cart", Pull.commit(1));
        String cart = PreviewId.ofBranch("shop", "feature/cart").key();
        lives.addAll(List.of(cart, "feature-x"));
        after(rules);
        after(rules);
        assertThat(ended(rules)).isEmpty();
        clock.pass(Duration.ofMinutes(2));
        after(rules);

        assertThat(ended(rules)).containsExactly("feature-x");
        App.Previews others = Rules.usual().branches("release/*").make();
        after(others);
        assertThat(ended(others)).as("no rule is for it").containsExactly(cart, "feature-x");
    }

    @Test
    void live_turnsAreLost_whoLivesHasOne() {
        App.Previews rules = Rules.usual().most(1).make();
        forge.open.put(12, pull(12, 12, false));
        forge.open.put(13, pull(13, 13, false));
        lives.add("pr-13");

        Map<String, Preview.Verdict> verdicts = after(rules);

        assertThat(verdicts.get("pr-13")).isInstanceOf(Preview.Wanted.class);
        assertThat(verdicts.get("pr-12")).isEqualTo(new Preview.Queued(0, 1));
        assertThat(ended(rules)).containsExactly("pr-12");
    }

    @Test
    void live_moreThanOnce_keepsThePlaceOfWhatIsNotKnownYet() {
        App.Previews rules = Rules.usual().most(1).make();
        forge.open.put(12, pull(12, 12, false));
        after(rules);
        lives.add("pr-13");
        forge.fault = "down";
        after(rules);
        assertThat(after(rules).get("pr-12"))
                .as("one that lives has the only place")
                .isEqualTo(new Preview.Queued(0, 1));
        forge.fault = null;
        forge.open.put(13, pull(13, 13, false));

        Map<String, Preview.Verdict> verdicts = after(rules);

        assertThat(verdicts.get("pr-13")).isInstanceOf(Preview.Wanted.class);
        assertThat(verdicts.get("pr-12")).isEqualTo(new Preview.Queued(0, 1));
    }

    @Test
    void live_turnsOfAnOlderBook_countLessThanWhatLives() {
        App.Previews rules = Rules.usual().most(1).make();
        Path file = directory.resolve("pulls.json");
        watch = following(PullBook.in(file));
        forge.open.put(11, pull(11, 11, false));
        after(rules);
        clock.pass(Duration.ofSeconds(1));
        forge.open.put(12, pull(12, 12, false));
        after(rules);
        watch.round();
        lives.add("pr-12");

        watch = following(PullBook.in(file));

        assertThat(after(rules).get("pr-12")).isInstanceOf(Preview.Wanted.class);
        assertThat(ended(rules)).containsExactly("pr-11");
    }

    @Test
    void ended_forkWasLetInAndNobodyRemembers_stays() {
        forge.open.put(12, pull(12, 1, true, "preview"));
        lives.add("pr-12");

        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
        assertThat(ended(FORKS)).isEmpty();
        assertThat(after(USUAL).get("pr-12")).isInstanceOf(Preview.Refused.class);
        assertThat(ended(USUAL)).as("forks are denied now").containsExactly("pr-12");
        forge.open.put(12, pull(12, 1, true));
        after(FORKS);
        assertThat(ended(FORKS)).as("the label is taken away").containsExactly("pr-12");
        forge.open.put(12, pull(12, 1, true, "preview"));
        after(FORKS);
        assertThat(ended(FORKS)).isEmpty();
        clock.pass(USUAL.ttl());
        after(FORKS);
        assertThat(ended(FORKS)).as("nothing was pushed for long").containsExactly("pr-12");
    }

    @Test
    void ended_closedLongAgoAndStillThere_isNotForgotten() {
        forge.open.put(12, pull(12, 1, false));
        lives.add("pr-12");
        after(USUAL);
        forge.open.clear();
        after(USUAL);
        clock.pass(Duration.ofDays(40));
        after(USUAL);

        assertThat(ended(USUAL)).as("its app is held, say").containsExactly("pr-12");
    }

    @Test
    void ended_knownWithoutAForgeOnly_isAskedForOnceThereIsOne() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/pull/12/head", Pull.commit(12));
        lives.add("pr-12");
        after(USUAL);
        clock.pass(Duration.ofDays(2));
        after(USUAL);
        assertThat(ended(USUAL)).isEmpty();

        hasForge = true;
        after(USUAL);

        assertThat(ended(USUAL)).containsExactly("pr-12");
    }

    @Test
    void look_noForge_pushedSinceTheBookWasWritten_hasItsTimeAnew() {
        Path file = directory.resolve("pulls.json");
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        watch = following(PullBook.in(file));
        ask(USUAL);
        watch.opened(REPO, 12, null);
        after(USUAL);
        clock.pass(USUAL.ttl());
        refs.put("refs/pull/12/head", Pull.commit(2)); // whose branch is gone
        lives.add("pr-12");

        watch = following(PullBook.in(file));

        assertThat(after(USUAL).get("pr-12")).isInstanceOf(Preview.Wanted.class);
        assertThat(ended(USUAL)).isEmpty();
    }

    @Test
    void closed_byAClockThatIsAhead_silencesNobody() {
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12, clock.instant().plus(Duration.ofDays(90)));
        after(USUAL);
        watch.closed(REPO, 12, clock.instant());
        after(USUAL);
        clock.pass(Duration.ofSeconds(10));

        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void save_diskWasFull_isTriedAgain() throws IOException {
        Path file = Files.createDirectory(directory.resolve("home")).resolve("pulls.json");
        watch = following(PullBook.in(file));
        Files.delete(file.getParent());
        Files.writeString(file.getParent(), "in the way");
        forge.open.put(12, pull(12, 1, false));
        assertThat(after(USUAL)).as("known all the same").containsOnlyKeys("pr-12");
        Files.delete(file.getParent());
        Files.createDirectory(file.getParent());

        watch.round();

        assertThat(file).content().contains("Change 12");
    }

    @Test
    void closed_sentAgainLater_isNoNews() {
        Path file = directory.resolve("pulls.json");
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        watch = following(PullBook.in(file));
        ask(USUAL);
        Instant now = clock.instant();
        watch.opened(REPO, 12, now.minusSeconds(300));
        watch.closed(REPO, 12, now.minusSeconds(200));
        watch.opened(REPO, 12, now.minusSeconds(100));
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");

        watch = following(PullBook.in(file));
        after(USUAL);
        watch.closed(REPO, 12, now.minusSeconds(200));
        watch.closed(REPO, 13, now.minus(Duration.ofDays(40)));
        after(USUAL);
        clock.pass(Duration.ofSeconds(10));

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        assertThat(ended(USUAL)).isEmpty();
        watch.closed(REPO, 12, now.minusSeconds(100));
        after(USUAL);
        clock.pass(Duration.ofSeconds(10));
        assertThat(after(USUAL)).as("in the same second as it was opened").isEmpty();
    }

    @Test
    void closed_saidBeforeItWasOpenedAgain_staysOpen() {
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12, null);
        after(USUAL);

        watch.closed(REPO, 12, null);
        after(USUAL);
        watch.opened(REPO, 12, null);
        clock.pass(Duration.ofMinutes(1));

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
    }

    @Test
    void closed_crashBeforeItCounts_countsAfterwards() {
        Path file = directory.resolve("pulls.json");
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        watch = following(PullBook.in(file));
        ask(USUAL);
        watch.opened(REPO, 12, null);
        after(USUAL);
        watch.closed(REPO, 12, null);
        after(USUAL);
        clock.pass(Duration.ofSeconds(10));

        watch = following(PullBook.in(file));

        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_pullRefsOfBitbucketServer_areFound() {
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull-requests/12/from", Pull.commit(1));
        ask(USUAL);

        watch.opened(REPO, 12, null);

        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
    }

    // ---- one that can't be asked for ------------------------------------------------------------

    @Test
    void look_oneIsNotFound_closesOthersAndIsClosedAfterThreeLooks() {
        List.of(11, 12, 13).forEach(n -> forge.open.put(n, pull(n, n, false)));
        after(USUAL);
        forge.open.clear();
        forge.open.put(13, pull(13, 13, false));
        forge.stateFaults.put(11, ForgeException.Kind.NOT_FOUND);

        assertThat(after(USUAL)).as("404 is no proof").containsOnlyKeys("pr-11", "pr-13");
        assertThat(after(USUAL)).containsOnlyKeys("pr-11", "pr-13");
        clock.pass(Duration.ofMinutes(2));
        assertThat(after(USUAL)).as("the third").containsOnlyKeys("pr-13");
    }

    @Test
    void look_oneHasAFault_othersAreSettledAndItIsTold() {
        List.of(11, 12).forEach(n -> forge.open.put(n, pull(n, n, false)));
        after(USUAL);
        forge.open.clear();
        forge.stateFaults.put(11, ForgeException.Kind.UNREADABLE);

        assertThat(after(USUAL)).containsOnlyKeys("pr-11");
        assertThat(watch.faults().get(REPO.shown())).isNotNull();
    }

    @Test
    void look_onceADay_asksForEachByItsNumber() {
        forge.open.put(12, pull(12, 1, false));
        after(USUAL);
        forge.asked.clear();
        clock.pass(Duration.ofDays(1));
        after(USUAL);

        assertThat(forge.asked).contains("state 12");
        forge.asked.clear();
        after(USUAL);
        assertThat(forge.asked).containsExactly("list since etag");
    }

    @Test
    void look_forgeWantsToBeLeftAlone_newsChangesNothing() {
        after(USUAL);
        forge.fault = "429";
        forge.retryAfter = Duration.ofMinutes(5);
        after(USUAL);
        forge.asked.clear();

        after(USUAL);
        assertThat(forge.asked).isEmpty();
        clock.pass(Duration.ofMinutes(5));
        after(USUAL);
        assertThat(forge.asked).containsExactly("list since etag");
    }

    @Test
    void look_repoThatNobodyAskedForInAnHour_isOver() {
        after(USUAL);
        forge.asked.clear();
        clock.pass(Duration.ofMinutes(61));

        watch.round();
        assertThat(forge.asked).isEmpty();
        assertThat(ask(USUAL)).as("it is still known").isInstanceOf(Previews.Known.class);
    }

    @Test
    @Timeout(10)
    void run_oneRepoHangs_othersAreLookedAt() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        hasForge = false;
        PullWatch running =
                new PullWatch(
                        PullBook.empty(),
                        new PullWatch.Surroundings(
                                _ -> null,
                                (repo, _) -> {
                                    try {
                                        if (repo.shown().contains("shop")) {
                                            never.await();
                                        }
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    }
                                    other.countDown();
                                    return new TreeMap<>();
                                },
                                () -> SHOP,
                                () -> Duration.ofSeconds(30),
                                () -> {}),
                        new Random(1),
                        clock);
        try (running) {
            running.follow(List.of());
            running.open(REPO);
            running.open(url("https://forge.example.com/acme/other.git"));
            running.start();

            other.await();
            assertThat(other.getCount()).isZero();
        } finally {
            never.countDown();
        }
    }

    @Test
    @Timeout(10)
    void run_bugInARound_looksAgainLater() throws InterruptedException {
        CountDownLatch looked = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        PullWatch running =
                new PullWatch(
                        PullBook.empty(),
                        new PullWatch.Surroundings(
                                _ -> null,
                                (_, _) -> {
                                    looked.countDown();
                                    return new TreeMap<>();
                                },
                                () -> SHOP,
                                () -> {
                                    if (asked.getAndIncrement() == 0) {
                                        throw new IllegalStateException("planted");
                                    }
                                    return Duration.ofMillis(10);
                                },
                                () -> {}),
                        new Random(1),
                        clock);
        try (running) {
            running.start(); // sleeps as long as the interval says
            while (asked.get() == 0) {
                Thread.onSpinWait();
            }
            running.follow(List.of());
            running.open(REPO);

            looked.await();
            assertThat(asked).hasValueGreaterThan(1);
        }
    }

    @Test
    void of_anotherLogin_isTheOneThatCounts() {
        hasForge = false;
        after(USUAL);
        logins.clear();
        String other = SHOP.replace("https://", "https://bot:secret@");

        watch.of("shop", USUAL, other);
        watch.round();
        watch.of("shop", USUAL, other);
        watch.of("till", USUAL, SHOP); // another app may have another; they take no turns
        watch.of("shop", USUAL, other);
        watch.round();

        assertThat(logins).containsExactly(url(other));
    }

    @Test
    void asKnown_neverAskedForInEarnest_isUnknownAndStaysSo() {
        forge.open.put(12, pull(12, 1, false));

        assertThat(watch.asKnown().of("shop", USUAL, SHOP)).isInstanceOf(Previews.Unknown.class);
        watch.round();
        assertThat(forge.asked).isEmpty();
        after(USUAL);
        assertThat(watch.asKnown().of("shop", USUAL, SHOP)).isEqualTo(ask(USUAL));
    }

    // ---- who let a fork in ----------------------------------------------------------------------

    private static Labeled byAda(Instant at) {
        return new Labeled("ada", true, at);
    }

    @Test
    void look_pushBeforeItIsKnownWhoGaveTheLabel_letsNothingIn() {
        forge.open.put(12, pull(12, 1, true));
        after(FORKS);
        forge.open.put(12, pull(12, 1, true, "preview"));
        forge.labelFaults.add(12);
        after(FORKS);
        forge.open.put(12, pull(12, 2, true, "preview")); // and ada gives the label for this one
        forge.labelFaults.clear();
        forge.givers.put("preview", byAda(Instant.EPOCH));

        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
        forge.open.put(12, pull(12, 1, true, "preview"));
        assertThat(after(FORKS).get("pr-12")).as("the first").isInstanceOf(Preview.Refused.class);
    }

    @Test
    void look_pushWhileItIsAskedWhoGaveTheLabel_letsNothingIn() {
        forge.open.put(12, pull(12, 1, true));
        after(FORKS);
        forge.open.put(12, pull(12, 1, true, "preview"));
        forge.givers.put("preview", byAda(Instant.EPOCH));
        forge.whenLabelIsAsked = () -> forge.open.put(12, pull(12, 2, true, "preview"));

        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
        assertThat(after(FORKS).get("pr-12")).isInstanceOf(Preview.Refused.class);
    }

    @Test
    void look_labelTakenAndGivenBetweenTwoLooks_letsTheNewestCommitIn() {
        forge.open.put(12, pull(12, 1, true));
        after(FORKS);
        forge.open.put(12, pull(12, 1, true, "preview"));
        forge.givers.put("preview", byAda(Instant.EPOCH));
        assertThat(commit(after(FORKS).get("pr-12"))).isEqualTo(Pull.commit(1));
        forge.open.put(12, pull(12, 2, true, Instant.EPOCH.plusSeconds(1), "preview"));
        assertThat(commit(after(FORKS).get("pr-12"))).as("pushed").isEqualTo(Pull.commit(1));

        forge.givers.put("preview", byAda(Instant.EPOCH.plusSeconds(60)));
        forge.open.put(12, pull(12, 2, true, Instant.EPOCH.plusSeconds(60), "preview"));

        assertThat(commit(after(FORKS).get("pr-12"))).isEqualTo(Pull.commit(2));
    }

    @Test
    void look_whoGaveOneLabelCantBeAsked_othersAreJudged() {
        List.of(11, 12).forEach(n -> forge.open.put(n, pull(n, n, true)));
        after(FORKS);
        List.of(11, 12).forEach(n -> forge.open.put(n, pull(n, n, true, "preview")));
        forge.givers.put("preview", byAda(Instant.EPOCH));
        forge.labelFaults.add(11);

        assertThat(commit(after(FORKS).get("pr-12"))).isEqualTo(Pull.commit(12));
        assertThat(watch.faults().get(REPO.shown())).isEqualTo("no permission");
    }

    // ---- turns ----------------------------------------------------------------------------------

    @Test
    void of_olderOneFitsAgain_takesNobodysTurn() {
        App.Previews rules = Rules.usual().most(1).noDrafts().make();
        Path file = directory.resolve("pulls.json");
        watch = following(PullBook.in(file));
        forge.open.put(11, draft(11));
        forge.open.put(12, pull(12, 12, false));
        assertThat(after(rules).get("pr-12")).isInstanceOf(Preview.Wanted.class);
        watch.round();
        lives.add("pr-12");
        made.put("pr-12", Pull.commit(12));
        watch = following(PullBook.in(file));
        clock.pass(Duration.ofSeconds(1));

        forge.open.put(11, pull(11, 11, false));

        assertThat(after(rules).get("pr-12")).isInstanceOf(Preview.Wanted.class);
        assertThat(after(rules).get("pr-11")).isEqualTo(new Preview.Queued(0, 1));
    }

    private static PullRequest draft(int number) {
        PullRequest ready = pull(number, number, false);
        return new PullRequest(
                ready.number(),
                ready.title(),
                ready.url(),
                ready.author(),
                ready.headCommit(),
                ready.headBranch(),
                ready.baseBranch(),
                true,
                ready.fork(),
                ready.labels(),
                ready.updatedAt());
    }
}
