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
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
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
    private boolean hasForge = true;
    private boolean repoAnswers = true;
    private PullWatch watch = watch(PullBook.empty());

    @TempDir private Path directory;

    private static RepoUrl url(String text) {
        try {
            return RepoUrl.parse(text);
        } catch (RepoUrl.InvalidRepoUrlException e) {
            throw new AssertionError(e);
        }
    }

    private PullWatch watch(PullBook book) {
        return new PullWatch(
                book,
                new PullWatch.Surroundings(
                        _ -> hasForge ? forge : null,
                        (_, prefixes) -> list(prefixes),
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
        private @Nullable String fault;
        private @Nullable String stateFault;

        private void fail(@Nullable String why) throws ForgeException {
            if (why != null) {
                throw new ForgeException(ForgeException.Kind.UNREACHABLE, why, null);
            }
        }

        @Override
        public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
            asked.add("list");
            fail(fault);
            return new Pulls.Listed(List.copyOf(open.values()), null);
        }

        @Override
        public PullState state(ForgeRepo repo, int number) throws ForgeException {
            asked.add("state " + number);
            fail(stateFault);
            PullRequest there = unlisted.getOrDefault(number, open.get(number));
            return there == null ? new PullState.Closed(true) : new PullState.Open(there);
        }

        @Override
        public Labeled labeled(ForgeRepo repo, int number, String label) {
            asked.add("label " + label);
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
                Instant.EPOCH);
    }

    private Previews.Answer ask(App.Previews rules) {
        return watch.of("shop", rules, SHOP);
    }

    /** Asks, looks, asks again. */
    private Map<String, Preview.Verdict> after(App.Previews rules) {
        ask(rules);
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
    void seen_appThatNobodyFollows_tellsWhatIsWatchedAndWatchesNothingMore() {
        forge.open.put(3, pull(3, 3, false));
        assertThat(watch.seen("shop", USUAL, SHOP)).isInstanceOf(Previews.Unknown.class);
        watch.round();
        assertThat(forge.asked).isEmpty();

        ask(USUAL);
        watch.round();

        assertThat(watch.seen("shop", USUAL, SHOP)).isEqualTo(ask(USUAL));
        assertThat(watch.seen("shop", FORKS, SHOP)).isInstanceOf(Previews.Unknown.class);
        assertThat(watch.seen("shop", USUAL, "https://forge.example.com/evil/x"))
                .isInstanceOf(Previews.Unknown.class);
    }

    @Test
    void look_listed_isKnownAndTellsThePass() {
        forge.open.put(12, pull(12, 1, false));

        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(1));
        assertThat(wakes).hasValue(1);
        after(USUAL);
        assertThat(wakes).as("nothing new").hasValue(1);
        forge.open.put(12, pull(12, 2, false));
        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(2));
        assertThat(wakes).hasValue(2);
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
        watch = watch(PullBook.in(file));
        forge.open.put(12, pull(12, 1, false));
        after(USUAL);
        forge.fault = "down";

        watch = watch(PullBook.in(file));

        assertThat(ask(USUAL)).isInstanceOf(Previews.Known.class);
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
    }

    @Test
    void look_notYetDue_asksNobody() {
        ask(USUAL);
        watch.round();
        watch.round();
        assertThat(forge.asked).containsExactly("list");

        clock.pass(Duration.ofSeconds(31));
        watch.round();

        assertThat(forge.asked).containsExactly("list", "list");
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

        watch.opened(REPO, 12);

        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(2));
        assertThat(commit(after(USUAL).get("pr-12")))
                .as("its branch is not there yet")
                .isEqualTo(Pull.commit(1));
        refs.put("refs/heads/topic", Pull.commit(2));
        assertThat(commit(after(USUAL).get("pr-12"))).isEqualTo(Pull.commit(2));
        watch.opened(REPO, 12);
        assertThat(commit(after(USUAL).get("pr-12"))).as("told twice").isEqualTo(Pull.commit(2));
        watch.closed(REPO, 12);
        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_noForge_forkHasNone() {
        hasForge = false;
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12);

        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_noForge_repoGoneIsNoProof_refGoneIs() {
        hasForge = false;
        refs.put("refs/heads/topic", Pull.commit(1));
        refs.put("refs/pull/12/head", Pull.commit(1));
        ask(USUAL);
        watch.opened(REPO, 12);
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");

        repoAnswers = false;
        assertThat(after(USUAL)).containsOnlyKeys("pr-12");
        repoAnswers = true;
        refs.clear();
        assertThat(after(USUAL)).as("an empty repo").containsOnlyKeys("pr-12");
        refs.put("refs/heads/main", Pull.commit(1));
        assertThat(after(USUAL)).isEmpty();
    }

    @Test
    void look_branches_comeAndGoWithThoseOfTheRepo() {
        App.Previews rules = Rules.usual().branches("feature/*").make();
        refs.put("refs/heads/main", Pull.commit(9));
        refs.put("refs/heads/feature/cart", Pull.commit(1));

        assertThat(after(rules)).hasSize(1);
        refs.remove("refs/heads/feature/cart");
        assertThat(after(rules)).isEmpty();
    }
}
