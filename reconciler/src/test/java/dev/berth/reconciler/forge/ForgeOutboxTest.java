package dev.berth.reconciler.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Backoff;
import dev.berth.reconciler.clockwork.ShiftedClockwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ForgeOutboxTest {
    private static final ForgeRepo SHOP = new ForgeRepo("git.example.com", "acme/shop");
    private static final ForgeRepo ELSEWHERE = new ForgeRepo("other.example.com", "acme/shop");
    private static final String KEY = "acme/shop berth/plan";

    @TempDir Path directory;
    private final ShiftedClockwork clock = new ShiftedClockwork();
    private final RecordingForge forge = new RecordingForge();
    private final RecordingForge other = new RecordingForge();
    private final List<ForgeOutbox> started = new ArrayList<>();
    private volatile boolean known = true;

    @AfterEach
    void closeAll() {
        started.forEach(ForgeOutbox::close);
    }

    private ForgeOutbox start() {
        ForgeOutbox outbox = made();
        outbox.start();
        return outbox;
    }

    private ForgeOutbox made() {
        ForgeOutbox outbox =
                new ForgeOutbox(
                        directory.resolve("forge"), this::forge, new Backoff(new Random(1)), clock);
        started.add(outbox);
        return outbox;
    }

    private @Nullable Forge forge(ForgeRepo repo) {
        return !known ? null : repo.equals(SHOP) ? forge : other;
    }

    private static Post status(String description) {
        return status(SHOP, description);
    }

    private static Post status(ForgeRepo repo, String description) {
        return new Post.Status(
                repo,
                "a".repeat(40),
                new CommitStatus("berth/plan", CommitStatus.State.SUCCESS, description, null));
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    private List<Path> waiting() throws Exception {
        Path waiting = directory.resolve("forge/waiting");
        if (!Files.exists(waiting)) {
            return List.of();
        }
        try (Stream<Path> listed = Files.list(waiting)) {
            return listed.toList();
        }
    }

    @Test
    void want_theSameAtEachLook_isSentOnce() throws Exception {
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> forge.taken.size() == 1);
        outbox.want(KEY, status("one"));
        outbox.want("another", status("two"));
        until(() -> outbox.counts().waiting() == 0 && forge.taken.size() == 2);

        assertThat(forge.taken).containsExactly("one", "two");
        until(() -> waiting().isEmpty());
    }

    @Test
    void want_theSameAfterARestart_isNotSentAgain() {
        ForgeOutbox first = start();
        first.want(KEY, status("one"));
        until(() -> first.counts().sent() == 1 && first.counts().waiting() == 0);
        first.close();

        ForgeOutbox next = start();
        next.want(KEY, status("one"));
        until(() -> next.counts().waiting() == 0);

        assertThat(forge.taken).containsExactly("one");
    }

    @Test
    void said_isKnownAlsoAfterARestart() {
        ForgeOutbox first = start();
        assertThat(first.said()).isEmpty();
        first.want(KEY, status("one"));
        until(() -> first.said().contains(KEY));
        first.close();

        ForgeOutbox second = start();
        until(() -> second.said().contains(KEY));
    }

    private static Post.Status pending(String description) {
        return new Post.Status(
                SHOP,
                "a".repeat(40),
                new CommitStatus("berth/plan", CommitStatus.State.PENDING, description, null));
    }

    @Test
    void pending_isKnownUntilItHasEndedAlsoAfterARestart() {
        ForgeOutbox first = start();
        first.want(KEY, pending("under way"));
        assertThat(first.pending()).as("wanted").containsOnlyKeys(KEY);
        first.want("done", status("one"));
        until(() -> first.counts().waiting() == 0);
        assertThat(first.pending()).as("taken").containsOnlyKeys(KEY);
        first.close();

        ForgeOutbox second = start();
        until(() -> !second.pending().isEmpty());
        assertThat(second.pending()).containsExactly(Map.entry(KEY, pending("under way")));
        second.want(KEY, pending("under way").ended("nobody goes on with it"));
        assertThat(second.pending()).as("something else is wanted").isEmpty();
        until(() -> second.counts().waiting() == 0);

        assertThat(second.pending()).isEmpty();
        assertThat(forge.taken).containsSequence("nobody goes on with it");
    }

    @Test
    void faults_notTaken_areToldByRepoUntilItIs() {
        forge.refusal = new ForgeException(ForgeException.Kind.REFUSED, "401: renew the token");
        ForgeOutbox outbox = start();
        assertThat(outbox.faults()).isEmpty();
        outbox.want(KEY, status("one"));

        until(() -> !outbox.faults().isEmpty());
        assertThat(outbox.faults())
                .containsExactly(Map.entry(SHOP.toString(), "401: renew the token"));

        forge.refusal = null;
        clock.pass(Duration.ofHours(1));
        until(() -> outbox.counts().waiting() == 0);
        assertThat(outbox.faults()).isEmpty();
    }

    @Test
    void want_severalWhileOneIsUnderWay_onlyTheNewestFollows() {
        forge.gate = new CountDownLatch(1);
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> forge.tried.size() == 1);
        outbox.want(KEY, status("two"));
        outbox.want(KEY, status("three"));
        forge.gate.countDown();

        until(() -> outbox.counts().waiting() == 0);
        assertThat(forge.taken).containsExactly("one", "three");
    }

    @Test
    void want_backToWhatWasTakenWhileAnotherIsUnderWay_isSentAgain() {
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().waiting() == 0);
        forge.gate = new CountDownLatch(1);
        outbox.want(KEY, status("two"));
        until(() -> forge.tried.size() == 2);
        outbox.want(KEY, status("one"));
        forge.gate.countDown();

        until(() -> outbox.counts().waiting() == 0);
        assertThat(forge.taken).containsExactly("one", "two", "one");
    }

    @Test
    void want_notTaken_isTriedAgainAfterAPause() {
        forge.refusal = new ForgeException(ForgeException.Kind.REFUSED, "no");
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().failures() == 1);
        outbox.want(KEY, status("one"));
        outbox.want("another", status("two"));
        until(() -> outbox.counts().failures() == 2);
        assertThat(forge.tried).containsExactly("one", "two");

        forge.refusal = null;
        clock.pass(Duration.ofMinutes(6));
        until(() -> outbox.counts().waiting() == 0);
        assertThat(forge.taken).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void want_forgeWantsToBeLeftAlone_getsNothingUntilThen() {
        forge.refusal =
                new ForgeException(
                        ForgeException.Kind.LIMITED, "slow down", Duration.ofMinutes(10));
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().failures() == 1);
        forge.refusal = null;
        outbox.want("another", status("two"));
        outbox.want("elsewhere", status(ELSEWHERE, "three"));
        until(() -> other.taken.size() == 1);
        clock.pass(Duration.ofMinutes(9));
        outbox.want("elsewhere", status(ELSEWHERE, "four"));
        until(() -> other.taken.size() == 2);
        assertThat(forge.tried).hasSize(1);

        clock.pass(Duration.ofMinutes(2));
        until(() -> outbox.counts().waiting() == 0);
        assertThat(forge.taken).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void want_notTakenForADay_isGivenUp() {
        forge.refusal = new ForgeException(ForgeException.Kind.NOT_FOUND, "no such commit");
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().failures() == 1);

        clock.pass(ForgeOutbox.GIVE_UP);

        until(() -> outbox.counts().givenUp() == 1);
        assertThat(outbox.counts().waiting()).isZero();
    }

    @Test
    void restart_whatWaits_isSentByTheNextProcess() throws Exception {
        forge.gate = new CountDownLatch(1);
        ForgeOutbox first = made();
        first.want(KEY, new Post.Comment(SHOP, 3, "plan", "text"));
        first.want(
                "lines",
                new Post.Lines(
                        SHOP,
                        "a".repeat(40),
                        new Check(
                                "berth/plan",
                                false,
                                "a problem",
                                "x",
                                List.of(
                                        new Check.Annotation(
                                                "a.yaml", 1, Check.Level.WARNING, "m")))));
        first.start();
        until(() -> forge.tried.size() == 1 && waiting().size() == 2);
        first.close();
        assertThat(forge.taken).isEmpty();

        forge.gate = new CountDownLatch(0);
        known = false; // as before the first pass
        ForgeOutbox next = start();
        until(() -> next.counts().waiting() == 2);
        known = true;
        clock.pass(Duration.ofMinutes(1));

        until(() -> next.counts().sent() == 2 && waiting().isEmpty());
        assertThat(forge.taken).containsExactlyInAnyOrder("text", "a problem");
    }

    @Test
    void restart_filesAreBroken_goesOn() throws Exception {
        Files.createDirectories(directory.resolve("forge/waiting"));
        Files.writeString(directory.resolve("forge/sent.json"), "{");
        Files.writeString(directory.resolve("forge/waiting/x.json"), "[]");
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));

        until(() -> forge.taken.size() == 1);
    }

    @Test
    void want_diskFails_isSentAllTheSame() throws Exception {
        Files.writeString(directory.resolve("forge"), "no directory");
        ForgeOutbox outbox = start();
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().waiting() == 0);
        outbox.want(KEY, status("one"));
        until(() -> outbox.counts().waiting() == 0);

        assertThat(forge.taken).containsExactly("one");
    }
}
