package dev.berth.reconciler.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever forges, repos, webhooks, restarts and lost books do: a preview of what is open stays,
 * and once all answer again there is one of all that is open and of nothing else.
 */
final class PreviewLivesPropertiesTest {
    private static final int HISTORIES = Integer.getInteger("berth.previews.histories", 100);
    private static final int FIRST = Integer.getInteger("berth.previews.first", 0);
    private static final int STEPS = 120;
    private static final int PULLS = 5;
    private static final int QUOTA = 4;
    private static final String SHOP = "https://forge.example.com/acme/shop.git";

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lives_anyHistory_arePreviewsOfWhatIsOpen(boolean hasForge) throws Exception {
        for (int seed = FIRST; seed < FIRST + HISTORIES; seed++) {
            World world = new World(new Random(seed), hasForge, directory.resolve(seed + ".json"));
            try {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                world.settle();
            } catch (AssertionError | RuntimeException e) {
                fail(
                        "history %d %s a forge:\n%s"
                                .formatted(
                                        seed,
                                        hasForge ? "with" : "without",
                                        String.join("\n", world.trace)),
                        e);
            }
        }
    }

    /** How a pull request really stands. */
    private static final class Pull {
        private final int number;
        private final boolean fork;
        private boolean open;
        private int head;
        private Instant openedAt = Instant.MIN;

        /** Whether its preview was made or confirmed since. */
        private boolean told;

        /** Whether a webhook has said that it was opened then. */
        private boolean heard;

        Pull(int number, boolean fork) {
            this.number = number;
            this.fork = fork;
        }

        String branch() {
            return "topic-" + number;
        }

        String key() {
            return "pr-" + number;
        }

        String commit() {
            return "%040x".formatted(number * 1000 + head);
        }
    }

    private record Delivery(int number, boolean opened, Instant at) {}

    private static final class World implements Forge {
        private final Random random;
        private final boolean hasForge;
        private final Path file;
        private final ShiftedClockwork clock = new ShiftedClockwork();
        private final App.Previews rules =
                Rules.usual()
                        .branches("release/*")
                        .most(QUOTA)
                        .ttl(Duration.ofDays(100_000))
                        .make();
        private final SortedMap<Integer, Pull> pulls = new TreeMap<>();
        private final SortedMap<String, String> branches = new TreeMap<>();
        private final SortedMap<String, String> lives = new TreeMap<>();
        private final List<Delivery> deliveries = new ArrayList<>();
        private final Set<String> faults = new HashSet<>();
        private final List<String> trace = new ArrayList<>();
        private byte @Nullable [] olderBook;
        private boolean forgot;
        private int commits;
        private PullWatch watch;

        World(Random random, boolean hasForge, Path file) {
            this.random = random;
            this.hasForge = hasForge;
            this.file = file;
            branches.put("main", "%040x".formatted(1));
            for (int number = 1; number <= PULLS; number++) {
                pulls.put(number, new Pull(number, number == PULLS));
            }
            watch = started();
        }

        private PullWatch started() {
            PullWatch started =
                    new PullWatch(
                            PullBook.in(file),
                            new PullWatch.Surroundings(
                                    _ -> hasForge ? this : null,
                                    (_, prefixes) -> refs(prefixes),
                                    () -> SHOP,
                                    () -> Duration.ofSeconds(30),
                                    () -> {}),
                            random,
                            clock);
            started.follow(List.of());
            return started;
        }

        // ---- what happens -----------------------------------------------------------------------

        void step() throws IOException {
            Pull pull = pulls.get(1 + random.nextInt(PULLS));
            switch (random.nextInt(16)) {
                case 0, 1 -> open(Objects.requireNonNull(pull));
                case 2 -> close(Objects.requireNonNull(pull));
                case 3 -> push(Objects.requireNonNull(pull));
                case 4 -> branch("release/" + random.nextInt(2));
                case 5 -> fault("list", "short", "state", "refs", "empty");
                case 6 -> {
                    say("all answers");
                    faults.clear();
                }
                case 7 -> restart();
                case 8 -> pass(Duration.ofSeconds(random.nextInt(40)));
                case 9 -> pass(Duration.ofHours(random.nextInt(30)));
                case 10, 11 -> deliver(random.nextInt(3) == 0);
                case 12, 13 -> look();
                default -> reconcile();
            }
        }

        private void say(String what) {
            trace.add(what);
        }

        private void open(Pull pull) {
            if (pull.open) {
                return;
            }
            pull.open = true;
            pull.openedAt = clock.instant();
            pull.told = false;
            pull.heard = false;
            push(pull);
            deliveries.add(new Delivery(pull.number, true, pull.openedAt));
            say("opened " + pull.number);
        }

        private void push(Pull pull) {
            if (pull.open) {
                pull.head = ++commits;
                if (!pull.fork) {
                    branches.put(pull.branch(), pull.commit());
                }
                say("pushed to " + pull.number);
            }
        }

        private void close(Pull pull) {
            if (pull.open) {
                pull.open = false;
                clock.pass(Duration.ofSeconds(1));
                branches.remove(pull.branch());
                deliveries.add(new Delivery(pull.number, false, clock.instant()));
                say("closed " + pull.number);
                clock.pass(Duration.ofSeconds(1));
            }
        }

        private void branch(String name) {
            if (branches.remove(name) == null) {
                branches.put(name, "%040x".formatted(++commits));
                say("pushed " + name);
            } else {
                say("deleted " + name);
            }
        }

        private void fault(String... all) {
            String fault = all[random.nextInt(all.length)];
            faults.add(fault);
            say("fault " + fault);
        }

        private void restart() throws IOException {
            watch.close();
            switch (random.nextInt(6)) {
                case 0 -> {
                    Files.deleteIfExists(file);
                    forgets("loses its book");
                }
                case 1 -> {
                    if (olderBook != null) {
                        Files.write(file, olderBook);
                        forgets("gets an older book");
                    }
                }
                default -> {}
            }
            if (Files.exists(file) && random.nextBoolean()) {
                olderBook = Files.readAllBytes(file);
            }
            watch = started();
            say("restarted");
        }

        /** What a forge sends again then is news once more, and what it said of late is lost. */
        private void forgets(String how) {
            forgot = true;
            pulls.values().forEach(pull -> pull.heard = false);
            deliveries.clear();
            say(how);
        }

        private void pass(Duration time) {
            clock.pass(time);
            say("after " + time);
        }

        private void deliver(boolean again) {
            if (!deliveries.isEmpty()) {
                int which = random.nextInt(deliveries.size());
                deliver(again ? deliveries.get(which) : deliveries.remove(which));
            }
        }

        private void deliver(Delivery delivery) {
            say("webhook " + delivery);
            Pull pull = pulls.get(delivery.number());
            if (delivery.opened()) {
                Objects.requireNonNull(pull).heard |= delivery.at().equals(pull.openedAt);
                watch.opened(repo(), delivery.number(), delivery.at());
            } else {
                watch.closed(repo(), delivery.number(), delivery.at());
            }
        }

        private static RepoUrl repo() {
            try {
                return RepoUrl.parse(SHOP);
            } catch (RepoUrl.InvalidRepoUrlException e) {
                throw new AssertionError(e);
            }
        }

        private void look() {
            say("looks, with " + new TreeSet<>(faults));
            watch.lookAgain(repo());
            watch.round();
        }

        /** As a pass does: what is wanted is made, what is proven to have ended goes. */
        private void reconcile() {
            if (watch.of("shop", rules, null) instanceof Previews.Known known) {
                SortedMap<String, String> wanted = new TreeMap<>();
                for (Preview preview : known.previews()) {
                    if (preview.verdict() instanceof Preview.Wanted(String commit, _, _)) {
                        wanted.put(preview.id().key(), commit);
                    }
                }
                wanted.forEach(this::make);
                for (String key : known.ended()) {
                    if (!wanted.containsKey(key) && lives.remove(key) != null) {
                        end(key);
                    }
                }
                assertThat(lives.size()).as("quota").isLessThanOrEqualTo(QUOTA);
            }
            watch.live(
                    lives.entrySet().stream()
                            .map(one -> new Previews.Live(id(one.getKey()), one.getValue()))
                            .toList());
        }

        private static PreviewId id(String key) {
            return Objects.requireNonNull(PreviewId.of(ResourceId.app("shop." + key)));
        }

        private void make(String key, String commit) {
            if (!commit.equals(lives.put(key, commit))) {
                say("made " + key);
            }
            Pull pull = pull(key);
            if (pull != null) {
                assertThat(pull.fork).as("a fork is let in").isFalse();
                pull.told |= pull.open && commit.equals(pull.commit());
            }
        }

        private void end(String key) {
            say("ended " + key);
            Pull pull = pull(key);
            if (pull != null && pull.open) {
                boolean known = pull.told && (hasForge || pull.heard);
                assertThat(known).as("%s is open and was seen to be", key).isFalse();
            }
        }

        private @Nullable Pull pull(String key) {
            return PullPage.isOfPull(key)
                    ? pulls.get(Integer.parseInt(key.substring("pr-".length())))
                    : null;
        }

        /** All answer again, in the end. */
        void settle() {
            faults.clear();
            say("at the end");
            deliveries.sort(Comparator.comparing(Delivery::at));
            deliveries.forEach(this::deliver);
            for (int i = 0; i < 8; i++) {
                reconcile();
                pass(Duration.ofSeconds(31));
                look();
            }
            reconcile();
            SortedMap<String, String> fitting = new TreeMap<>();
            for (Pull pull : pulls.values()) {
                if (pull.open && !pull.fork) {
                    fitting.put(pull.key(), pull.commit());
                }
            }
            branches.forEach(
                    (name, commit) -> {
                        if (name.startsWith("release/")) {
                            fitting.put(PreviewId.ofBranch("shop", name).key(), commit);
                        }
                    });
            if (hasForge || !forgot) {
                assertThat(fitting.entrySet()).as("fit").containsAll(lives.entrySet());
                assertThat(lives).as("of %s", fitting).hasSize(Math.min(QUOTA, fitting.size()));
            }
        }

        // ---- what answers -----------------------------------------------------------------------

        private SortedMap<String, String> refs(List<String> prefixes) throws ReconcileException {
            if (faults.contains("refs")) {
                throw new ReconcileException.Transient(ReasonCode.SourceUnavailable, "down");
            }
            SortedMap<String, String> refs = new TreeMap<>();
            if (!faults.contains("empty")) {
                branches.forEach((name, commit) -> refs.put("refs/heads/" + name, commit));
                for (Pull pull : pulls.values()) {
                    if (pull.head > 0) { // those of closed ones stay, as at GitHub
                        refs.put(pullRef(pull.number), pull.commit());
                    }
                }
            }
            refs.keySet().removeIf(ref -> prefixes.stream().noneMatch(ref::startsWith));
            return refs;
        }

        private static PullRequest shown(Pull pull) {
            return new PullRequest(
                    pull.number,
                    "Change",
                    "https://forge.example.com/acme/shop/pull/" + pull.number,
                    "ada",
                    pull.commit(),
                    pull.branch(),
                    "main",
                    false,
                    pull.fork,
                    new TreeSet<>(),
                    Instant.EPOCH);
        }

        private void answers(String fault) throws ForgeException {
            if (faults.contains(fault)) {
                throw new ForgeException(ForgeException.Kind.UNREACHABLE, "down", null);
            }
        }

        @Override
        public Pulls open(ForgeRepo repo, @Nullable Mark since) throws ForgeException {
            answers("list");
            List<PullRequest> open =
                    pulls.values().stream()
                            .filter(pull -> pull.open)
                            .filter(_ -> !faults.contains("short") || random.nextBoolean())
                            .map(World::shown)
                            .toList();
            Mark mark = new Mark(open.toString());
            return mark.equals(since) ? new Pulls.Unchanged() : new Pulls.Listed(open, mark);
        }

        @Override
        public PullState state(ForgeRepo repo, int number) throws ForgeException {
            answers("state");
            Pull pull = pulls.get(number);
            return pull != null && pull.open
                    ? new PullState.Open(shown(pull))
                    : new PullState.Closed(true);
        }

        @Override
        public Labeled labeled(ForgeRepo repo, int number, String label) {
            return Labeled.BY_NOBODY;
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
}
