package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefWatcherTest {
    private static final Duration OFTEN = Duration.ofMillis(20);

    @TempDir Path directory;
    private final AtomicInteger calls = new AtomicInteger();
    private ScratchRepo repo;
    private RefWatcher watcher;

    @BeforeEach
    void open() {
        repo = new ScratchRepo(directory);
        repo.push("a", "1");
        watcher = start(repo.bare());
    }

    @AfterEach
    void close() {
        watcher.close();
    }

    private RefWatcher start(Path path) {
        return RefWatcher.start(path, null, OFTEN, calls::incrementAndGet);
    }

    private void awaitCall() {
        await().atMost(Duration.ofSeconds(20)).until(() -> calls.get() > 0);
        calls.set(0);
    }

    @Test
    void onChange_push_isCalledForEach() {
        repo.push("a", "2");
        awaitCall();
        repo.push("a", "3");
        awaitCall();
    }

    @Test
    void onChange_pushAfterPackedRefs_isCalled() {
        repo.gitInBare("pack-refs", "--all");
        awaitCall();
        repo.push("a", "2");
        awaitCall();
    }

    @Test
    void onChange_branchDeletedAndBack_isCalled() {
        repo.gitInBare("branch", "-D", "main");
        awaitCall();
        repo.git("push", "-q", "origin", "main");
        awaitCall();
    }

    @Test
    void onChange_commitInAWorkTree_isCalled() {
        watcher.close();
        calls.set(0);
        watcher = start(repo.work());
        repo.write("a", "2");
        repo.git("commit", "-q", "-a", "-m", "not pushed");
        awaitCall();
    }

    @Test
    void onChange_defaultBranchSwitched_isCalledAndFollowed() {
        repo.git("checkout", "-q", "-b", "trunk");
        repo.git("push", "-q", "origin", "trunk");
        repo.gitInBare("symbolic-ref", "HEAD", "refs/heads/trunk");
        awaitCall();
        repo.push("a", "2");
        awaitCall();
    }

    @Test
    void onChange_repoThatAppears_isCalled() throws Exception {
        watcher.close();
        Path later = directory.resolve("later.git");
        watcher = start(later);
        Files.move(repo.bare(), later);
        awaitCall();
    }

    @Test
    void close_pushAfterwards_isNotTold() throws Exception {
        watcher.close();
        calls.set(0);
        AtomicInteger other = new AtomicInteger();
        try (RefWatcher second =
                RefWatcher.start(repo.bare(), "main", OFTEN, other::incrementAndGet)) {
            repo.push("a", "2");
            await().atMost(Duration.ofSeconds(20)).until(() -> other.get() > 0);
            assertThat(second).isNotNull();
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void onChange_throws_isCalledAgainNextTime() {
        watcher.close();
        watcher =
                RefWatcher.start(
                        repo.bare(),
                        "main",
                        OFTEN,
                        () -> {
                            calls.incrementAndGet();
                            throw new IllegalStateException("a bug");
                        });
        repo.push("a", "2");
        awaitCall();
        repo.push("a", "3");
        awaitCall();
    }
}
