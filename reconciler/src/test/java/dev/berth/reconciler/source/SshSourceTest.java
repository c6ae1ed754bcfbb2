package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over ssh, with a server that has the host key Berth knows, or another. */
final class SshSourceTest {
    private static final Deadlines PATIENT =
            new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(60));
    private static final Deadlines QUICK =
            new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60));

    @TempDir Path directory;
    private final KeyPair key = GitSshServer.newKey();
    private ScratchRepo repo;
    private GitSshServer server;
    private Path keyFile;
    private Path knownHosts;
    private JGitSource source;

    @BeforeEach
    void open() throws IOException {
        repo = new ScratchRepo(directory);
        server = new GitSshServer();
        server.allow(key.getPublic());
        keyFile = GitSshServer.write(key, directory.resolve("id"), null);
        knownHosts = Files.writeString(directory.resolve("known_hosts"), server.knownHostsLine());
        source = source(server.url(repo.bare()), new Credentials.SshKey(keyFile, knownHosts));
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        server.close();
    }

    private JGitSource source(RepoUrl url, Credentials credentials) {
        return source(url, credentials, PATIENT);
    }

    private JGitSource source(RepoUrl url, Credentials credentials, Deadlines deadlines) {
        return new JGitSource(
                directory.resolve("copies"),
                new JGitSource.Origin(url, null, credentials),
                deadlines,
                () -> {});
    }

    private void use(Credentials credentials) {
        source.close();
        source = source(server.url(repo.bare()), credentials);
    }

    private static String causeOf(SourceReading reading) {
        return switch (reading) {
            case Fresh it -> throw new AssertionError("was read: " + it.revision());
            case Stale it -> it.cause();
            case Unavailable it -> it.cause();
        };
    }

    private static String text(SourceReading reading, String path) throws Exception {
        assertThat(reading).isInstanceOf(Fresh.class);
        return new String(((Fresh) reading).tree().read(path, 1000), StandardCharsets.UTF_8);
    }

    @Test
    void latestVerified_rightKey_readsAndFollowsTheDefaultBranch() throws Exception {
        repo.push("a", "1");
        assertThat(text(source.latestVerified(), "a")).isEqualTo("1");
        repo.push("a", "2");
        assertThat(text(source.latestVerified(), "a")).isEqualTo("2");
    }

    @Test
    void latestVerified_ed25519Key_isRead() throws Exception {
        repo.push("a", "1");
        KeyPair ed25519 = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        Path file = GitSshServer.write(ed25519, directory.resolve("id_ed25519"), null);
        server.allow(ed25519.getPublic());
        use(new Credentials.SshKey(file, knownHosts));
        assertThat(text(source.latestVerified(), "a")).isEqualTo("1");
    }

    @Test
    void latestVerified_keyTheServerDoesNotKnow_saysWhichAndWhatToDo() {
        repo.push("a", "1");
        Path other = GitSshServer.write(GitSshServer.newKey(), directory.resolve("other"), null);
        use(new Credentials.SshKey(other, knownHosts));
        assertThat(causeOf(source.latestVerified()))
                .contains("refuses the key " + other)
                .contains("deploy key");
    }

    @Test
    void latestVerified_changedHostKey_isRefusedAndNotLearned() throws IOException {
        repo.push("a", "1");
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
        String before = Files.readString(knownHosts);
        server.changeHostKey();
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Stale.class);
        assertThat(causeOf(reading)).contains("host key").contains(knownHosts.toString());
        assertThat(Files.readString(knownHosts)).isEqualTo(before);
        Files.writeString(knownHosts, server.knownHostsLine());
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
    }

    @Test
    void latestVerified_unknownHost_isRefusedAndNotLearned() throws IOException {
        repo.push("a", "1");
        Files.writeString(knownHosts, "");
        assertThat(causeOf(source.latestVerified())).contains("host key");
        assertThat(Files.readString(knownHosts)).isEmpty();
    }

    @Test
    void latestVerified_keyWithPassphrase_saysSo() {
        repo.push("a", "1");
        Path locked = GitSshServer.write(key, directory.resolve("locked"), "hunter2");
        use(new Credentials.SshKey(locked, knownHosts));
        assertThat(causeOf(source.latestVerified())).contains("passphrase").contains("locked");
    }

    @Test
    void latestVerified_noKeyOrMissingFiles_saysSo() {
        repo.push("a", "1");
        use(new Credentials.None());
        assertThat(causeOf(source.latestVerified())).contains("needs an ssh key");
        use(new Credentials.SshKey(directory.resolve("gone"), knownHosts));
        assertThat(causeOf(source.latestVerified())).contains("gone does not exist");
        use(new Credentials.SshKey(keyFile, directory.resolve("none")));
        assertThat(causeOf(source.latestVerified())).contains("none does not exist");
    }

    @Test
    void latestVerified_noSuchRepo_saysSo() {
        source.close();
        source =
                source(
                        server.url(directory.resolve("nope.git")),
                        new Credentials.SshKey(keyFile, knownHosts));
        assertThat(causeOf(source.latestVerified())).contains("no Git repo at");
    }

    @Test
    void latestVerified_serverThatOnlyAccepts_answersInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            source.close();
            source =
                    source(
                            ScratchRepo.url(
                                    "ssh://git@127.0.0.1:%d/r.git"
                                            .formatted(silent.getLocalPort())),
                            new Credentials.SshKey(keyFile, knownHosts),
                            QUICK);
            assertThat(causeOf(source.latestVerified())).contains("does not answer");
        }
    }
}
