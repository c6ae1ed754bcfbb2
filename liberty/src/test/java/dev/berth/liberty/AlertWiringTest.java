package dev.berth.liberty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.notify.Message;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who hears of what, with all parts of control put together as they are when it runs. */
@SuppressWarnings("NullAway.Init") // JUnit fills the fields
final class AlertWiringTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The interval, and what a poll comes later at most so that not all come at once. */
    private static final Duration POLL = Duration.ofMinutes(12);

    /** Whatever is told of a pass is told by then. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    @TempDir Path directory;
    private WiredControl control;

    @BeforeEach
    void startWithoutAnEngine() throws Exception {
        Path config = Files.createDirectory(directory.resolve("config"));
        Files.writeString(
                config.resolve("berth.yaml"),
                """
                apiVersion: berth/v1
                kind: Instance
                metadata: {name: home}
                spec: {source: {interval: 10m}}
                ---
                apiVersion: berth/v1
                kind: Alert
                metadata: {name: ops}
                spec: {webhook: {url: 'https://hooks.example/berth'}, on: [Failed, Recovered]}
                """);
        try (Git git = Git.init().setDirectory(config.toFile()).setInitialBranch("main").call()) {
            git.add().addFilepattern(".").call();
            git.commit()
                    .setMessage("Begin")
                    .setAuthor("Ada Lovelace", "ada@example.com")
                    .setCommitter("Ada Lovelace", "ada@example.com")
                    .setSign(false)
                    .call();
        }
        control = new WiredControl(Files.createDirectory(directory.resolve("home")), config);
        control.start();
        await().atMost(PATIENCE).until(() -> control.newest() != null);
    }

    @AfterEach
    void close() {
        control.close();
    }

    /** One after the other: at once they would be a config repo that nobody has looked at. */
    private void polls(int times) {
        for (int i = 0; i < times; i++) {
            Instant before = Objects.requireNonNull(control.newest()).startedAt();
            control.clock.pass(POLL);
            await().atMost(PATIENCE)
                    .until(
                            () ->
                                    Objects.requireNonNull(control.newest())
                                            .startedAt()
                                            .isAfter(before));
        }
    }

    @Test
    void engineGoneAtStart_isToldAfterThreePolls_andInTheHistory() {
        polls(1);
        await().during(QUIET).atMost(PATIENCE).until(control.told::isEmpty);

        polls(2);
        await().atMost(PATIENCE).until(() -> !control.told.isEmpty());

        Message told = control.told.getFirst();
        assertThat(told.resource().kind()).isEqualTo(Kind.Instance);
        assertThat(told.reason()).isEqualTo(ReasonCode.EngineUnavailable);
        await().atMost(PATIENCE)
                .until(() -> control.history.newest().orElseThrow().resources().size() == 1);
    }

    @Test
    void anotherWrites_nothingMoreIsTold() {
        polls(4);
        await().atMost(PATIENCE).until(() -> control.told.size() == 1);
        polls(7);
        await().atMost(PATIENCE).until(() -> control.told.size() == 2);

        control.leased.set("another");
        await().atMost(PATIENCE)
                .until(
                        () ->
                                Objects.requireNonNull(control.newest())
                                        .trigger()
                                        .equals(new Trigger.StandingChanged().describe()));
        polls(12);

        await().during(QUIET).atMost(PATIENCE).until(() -> control.told.size() == 2);
        assertThat(control.told.getLast().type()).isEqualTo(Message.Type.StillFailing);
    }
}
