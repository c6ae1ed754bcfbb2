package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.lease.HomeLock;
import dev.berth.reconciler.source.GitHttpServer;
import dev.berth.reconciler.source.RepoUrl;
import dev.berth.reconciler.source.ScratchRepo;
import dev.berth.reconciler.webhook.PullHint;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start leaves that comes to nothing, and what follows hints. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class ControlProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path home;

    private WiredControl control() {
        return new WiredControl(home, home.resolve("config"));
    }

    @Test
    void make_homeOfAnotherProcess_touchesNoKeys() throws Exception {
        try (HomeLock other = HomeLock.take(home)) {
            assertThat(other.id()).isNotEmpty();

            assertThatThrownBy(this::control)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another Berth runs with the home");

            assertThat(home.resolve("keys")).doesNotExist();
        }
    }

    @Test
    void make_keysThatCannotBeRead_leavesTheHomeFree() throws Exception {
        Path keys = Files.createDirectory(home.resolve("keys")).resolve("secrets.key");
        Files.writeString(keys, "no key");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(this::control)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("secrets.key");

        HomeLock.take(home).close();
    }

    @Test
    void hinted_ofAPullRequest_looksAtItsRepoAgain() throws Exception {
        ScratchRepo code = new ScratchRepo(Files.createDirectory(home.resolve("code")));
        code.push("Dockerfile", "FROM scratch\n");
        ScratchRepo config = new ScratchRepo(Files.createDirectory(home.resolve("config")));
        try (GitHttpServer server = new GitHttpServer(home.resolve("code"))) {
            String url = server.base() + "/origin.git";
            config.push(
                    "berth.yaml",
                    """
                    apiVersion: berth/v1
                    kind: Instance
                    metadata: {name: home}
                    spec: {source: {interval: 10m}}
                    ---
                    apiVersion: berth/v1
                    kind: App
                    metadata: {name: shop}
                    spec: {source: {repo: '%s'}, port: 80}
                    """
                            .formatted(url));
            try (WiredControl control =
                    new WiredControl(Files.createDirectory(home.resolve("home")), config.bare())) {
                control.start();
                await().atMost(PATIENCE).until(() -> !server.requests().isEmpty());
                pass(control);
                int before = server.requests().size();
                pass(control);
                assertThat(server.requests()).hasSize(before);

                control.process()
                        .hinted(new PullHint(RepoUrl.parse(url), 1, PullHint.Action.CHANGED, null));
                pass(control);

                assertThat(server.requests()).hasSizeGreaterThan(before);
            }
        }
    }

    /** Two begin after this was called, and end. */
    private static void pass(WiredControl control) {
        for (int i = 0; i < 2; i++) {
            PassReport before = control.newest();
            control.process().edgeConnected();
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                PassReport now = control.newest();
                                return now != null
                                        && (before == null
                                                || now.startedAt().isAfter(before.startedAt()));
                            });
        }
    }
}
