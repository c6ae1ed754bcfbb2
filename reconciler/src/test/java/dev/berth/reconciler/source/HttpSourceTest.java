package dev.berth.reconciler.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.source.GitHttpServer.Fault;
import dev.berth.reconciler.source.SourceReading.Fresh;
import dev.berth.reconciler.source.SourceReading.Stale;
import dev.berth.reconciler.source.SourceReading.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over HTTP, with the faults that networks and servers have. */
final class HttpSourceTest {
    private static final Deadlines PATIENT =
            new Deadlines(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofSeconds(60));
    private static final Deadlines QUICK =
            new Deadlines(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60));

    @TempDir Path directory;
    private final CountDownLatch late = new CountDownLatch(1);
    private ScratchRepo repo;
    private GitHttpServer server;
    private JGitSource source;

    @BeforeEach
    void open() throws IOException {
        repo = new ScratchRepo(directory);
        server = new GitHttpServer(directory);
        source = source(new Credentials.None(), PATIENT);
    }

    @AfterEach
    void close() {
        source.close();
        server.close();
    }

    private JGitSource source(Credentials credentials, Deadlines deadlines) {
        return source(server.url("origin.git"), credentials, deadlines);
    }

    private JGitSource source(RepoUrl url, Credentials credentials, Deadlines deadlines) {
        return new JGitSource(
                directory.resolve("copies"),
                new JGitSource.Origin(url, "main", credentials),
                deadlines,
                late::countDown);
    }

    private void use(Credentials credentials) {
        source.close();
        source = source(credentials, PATIENT);
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
    void latestVerified_overHttp_readsAndFollows() throws Exception {
        repo.push("a", "1");
        assertThat(text(source.latestVerified(), "a")).isEqualTo("1");
        repo.push("a", "2");
        assertThat(text(source.latestVerified(), "a")).isEqualTo("2");
    }

    @Test
    void latestVerified_nothingNew_asksForRefsOnly() {
        repo.push("a", "1");
        source.latestVerified();
        int before = server.requests().size();
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
        // protocol 2: capabilities, then the branch
        assertThat(server.requests().size() - before).isEqualTo(2);
    }

    @Test
    void latestVerified_noSuchRepo_saysSo() {
        source.close();
        source = source(server.url("nope.git"), new Credentials.None(), PATIENT);
        assertThat(causeOf(source.latestVerified())).contains("no Git repo at");
    }

    @Test
    void latestVerified_serverError_isStaleWithItsStatus() {
        repo.push("a", "1");
        source.latestVerified();
        server.fault(new Fault.Status(503));
        SourceReading reading = source.latestVerified();
        assertThat(reading).isInstanceOf(Stale.class);
        assertThat(causeOf(reading)).contains("503");
        server.fault(new Fault.None());
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
    }

    @Test
    void latestVerified_truncatedPack_isStaleAndDoesNotHarmTheCopy() throws Exception {
        String first = repo.push("a", "1");
        source.latestVerified();
        repo.push("a", "2".repeat(50));
        server.fault(new Fault.TruncatedPack(200));
        SourceReading reading = source.latestVerified();
        assertThat(reading)
                .isInstanceOfSatisfying(
                        Stale.class, it -> assertThat(it.revision().commit()).isEqualTo(first));
        assertThat(causeOf(reading)).contains("not a whole Git answer");
        int before = server.requests().size();
        source.latestVerified();
        int again = server.requests().size() - before;
        assertThat(again).as("fetched anew only once").isLessThanOrEqualTo(5);
        server.fault(new Fault.None());
        assertThat(text(source.latestVerified(), "a")).isEqualTo("2".repeat(50));
    }

    @Test
    void latestVerified_damagedPack_isUnavailableThenRecovers() throws Exception {
        repo.push("a", "1");
        server.fault(new Fault.FlippedByte(30));
        assertThat(causeOf(source.latestVerified())).contains("not a whole Git answer");
        server.fault(new Fault.None());
        assertThat(text(source.latestVerified(), "a")).isEqualTo("1");
    }

    @Test
    void latestVerified_silentServer_answersInTime() {
        repo.push("a", "1");
        source.latestVerified();
        source.close();
        source = source(new Credentials.None(), QUICK);
        server.fault(new Fault.Silence());
        assertThat(causeOf(source.latestVerified())).contains("does not answer within");
    }

    @Test
    void latestVerified_serverThatOnlyAccepts_answersInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            source.close();
            source =
                    source(
                            ScratchRepo.url("http://127.0.0.1:" + silent.getLocalPort() + "/r.git"),
                            new Credentials.None(),
                            QUICK);
            assertThat(causeOf(source.latestVerified())).contains("does not answer within");
        }
    }

    @Test
    void latestVerified_nobodyListens_saysSo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        source.close();
        source =
                source(
                        ScratchRepo.url("http://127.0.0.1:" + port + "/r.git"),
                        new Credentials.None(),
                        PATIENT);
        assertThat(causeOf(source.latestVerified())).contains("can't be reached");
    }

    @Test
    void latestVerified_unknownHost_saysSo() {
        source.close();
        source =
                source(
                        ScratchRepo.url("https://no-such-host.invalid/r.git"),
                        new Credentials.None(),
                        PATIENT);
        assertThat(causeOf(source.latestVerified())).contains("not known").contains("DNS");
    }

    @Test
    void latestVerified_slowTransfer_answersWithTheOldAndGoesOn() throws Exception {
        String first = repo.push("a", "1");
        source.latestVerified();
        source.close();
        source =
                source(
                        new Credentials.None(),
                        new Deadlines(
                                Duration.ofSeconds(5),
                                Duration.ofMillis(1500),
                                Duration.ofSeconds(40)));
        repo.push("a", "2");
        server.fault(new Fault.Trickle(8));
        SourceReading reading = source.latestVerified();
        assertThat(reading)
                .isInstanceOfSatisfying(
                        Stale.class, it -> assertThat(it.revision().commit()).isEqualTo(first));
        assertThat(causeOf(reading)).contains("still waiting");
        assertThat(late.await(30, TimeUnit.SECONDS)).as("told when it was done").isTrue();
        server.fault(new Fault.None());
        assertThat(text(source.latestVerified(), "a")).isEqualTo("2");
    }

    @Test
    void latestVerified_endlessTransfer_isCutOff() {
        repo.push("a", "1");
        source.close();
        source =
                source(
                        new Credentials.None(),
                        new Deadlines(
                                Duration.ofSeconds(5),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(2)));
        server.fault(new Fault.Trickle(500));
        assertThat(causeOf(source.latestVerified())).contains("still waiting");
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(late.getCount()).isZero());
        server.fault(new Fault.None());
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(source.latestVerified()).isInstanceOf(Fresh.class));
    }

    @Test
    void latestVerified_rightToken_isReadAndSentOnlyWhenAsked() throws IOException {
        repo.push("a", "1");
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        use(new Credentials.TokenFile(token));
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
        assertThat(server.authorizations()).isEmpty();
        server.requirePassword("s3cret");
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
        assertThat(server.authorizations()).isNotEmpty();
    }

    @Test
    void latestVerified_rotatedTokenFile_countsAtOnce() throws IOException {
        repo.push("a", "1");
        Path token = Files.writeString(directory.resolve("token"), "old");
        server.requirePassword("new");
        use(new Credentials.TokenFile(token));
        assertThat(causeOf(source.latestVerified()))
                .contains("refuses the token in " + token)
                .doesNotContain("old");
        Files.writeString(token, "new");
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
    }

    @Test
    void latestVerified_passwordWantedAndNoneKnown_saysWhatToDo() {
        repo.push("a", "1");
        server.requirePassword("s3cret");
        assertThat(causeOf(source.latestVerified())).contains("give Berth a token");
    }

    @Test
    void latestVerified_loginInUrl_worksAndIsInNoMessage() {
        repo.push("a", "1");
        server.requirePassword("s3cret");
        source.close();
        source =
                source(
                        ScratchRepo.url(
                                server.base().replace("http://", "http://ada:s3cret@")
                                        + "/origin.git"),
                        new Credentials.None(),
                        PATIENT);
        assertThat(source.latestVerified()).isInstanceOf(Fresh.class);
        server.requirePassword("other");
        assertThat(causeOf(source.latestVerified())).doesNotContain("s3cret").doesNotContain("ada");
    }

    @Test
    void latestVerified_missingTokenFile_namesIt() {
        use(new Credentials.TokenFile(directory.resolve("gone")));
        assertThat(causeOf(source.latestVerified()))
                .contains("token file")
                .contains(directory.resolve("gone").toString());
    }

    @Test
    void latestVerified_tokenOverPlainHttpToAnotherMachine_isRefused() {
        source.close();
        source =
                source(
                        ScratchRepo.url("http://192.0.2.1/r.git"),
                        new Credentials.Token("s3cret"),
                        PATIENT);
        assertThat(causeOf(source.latestVerified())).contains("use https").doesNotContain("s3cret");
    }

    @Test
    void latestVerified_redirectToAnotherServer_doesNotGetTheToken() throws IOException {
        repo.push("a", "1");
        try (GitHttpServer other = new GitHttpServer(directory)) {
            other.requirePassword("s3cret");
            server.fault(new Fault.Redirect(other.base()));
            use(new Credentials.Token("s3cret"));
            assertThat(causeOf(source.latestVerified())).doesNotContain("s3cret");
            assertThat(other.requests()).isNotEmpty();
            assertThat(other.authorizations()).isEmpty();
        }
    }
}
