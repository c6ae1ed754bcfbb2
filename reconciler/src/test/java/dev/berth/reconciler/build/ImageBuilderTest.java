package dev.berth.reconciler.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.CleanupPlanner;
import dev.berth.reconciler.cleanup.Needs;
import dev.berth.reconciler.cleanup.work.Cleaner;
import dev.berth.reconciler.cleanup.work.ImageNotesFile;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.desired.Recipe;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.SecretUse;
import dev.berth.reconciler.secret.Vault;
import dev.berth.reconciler.source.Revision;
import dev.berth.reconciler.source.SourcePin;
import dev.berth.schemas.config.Instance;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImageBuilderTest {
    private static final String LABEL = "org.opencontainers.image.source";

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ImageSource BASE = new ImageSource.Prebuilt("base:1");

    @TempDir Path directory;
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final FakeEngine engine =
            new FakeEngine(InstantSource.system()).withImages("busybox:1");
    private final ImageBuilder builder =
            new ImageBuilder(
                    engine,
                    new OneDockerfile("FROM busybox:1"),
                    Queues.ofNobody(Clockwork.system()),
                    Clockwork.system());

    private static ImageSource built(@Nullable String repo) {
        Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
        return new ImageSource.Built(
                "berth/shop:1",
                new SourcePin(repo, revision, ".", "d1"),
                new Recipe.Own("Dockerfile"),
                new TreeMap<>());
    }

    @ParameterizedTest
    @CsvSource({
        "https://bot:s3cret@example.com/a, https://example.com/a",
        "https://s3cret@example.com/a, https://example.com/a",
        "ssh://git@example.com/a, ssh://git@example.com/a",
        ", config"
    })
    void provide_built_saysFromWhereWithoutLogin(@Nullable String repo, String label)
            throws Exception {
        builder.provide(built(repo));

        assertThat(engine.buildsAsked())
                .singleElement()
                .satisfies(build -> assertThat(build.labels()).containsEntry(LABEL, label));
    }

    @Test
    void provide_builtAndPulled_areKnownAsOursLater() throws Exception {
        engine.withRegistryImage("base:1", new ImageBehaviour.Runs());
        Cleaner cleaner =
                new Cleaner(
                        new Cleaner.Means(
                                engine,
                                new ImageNotesFile(directory.resolve("images.json")),
                                Optional::empty,
                                CleanupPlanner::plan),
                        Cleaner.Times.USUAL,
                        Clockwork.system());
        ImageBuilder noted =
                new ImageBuilder(
                        engine,
                        new OneDockerfile("FROM busybox:1"),
                        Vault.ofThisProcess(Clockwork.system()),
                        Queues.ofNobody(Clockwork.system()),
                        cleaner.shelf(),
                        Clockwork.system());
        cleaner.needed(new Needs("home", Instance.Cleanup.USUAL, Set.of("base:1"), Set.of(), null));

        noted.provide(built(null));
        noted.provide(BASE);
        cleaner.start();

        assertThat(engine.buildsAsked().getFirst().labels()).containsEntry(Labels.BUILT_BY, "home");
        await().untilAsserted(
                        () ->
                                assertThat(directory.resolve("images.json"))
                                        .content()
                                        .contains("base:1"));
        cleaner.close();
    }

    @Test
    void provide_built_tellsTheEngineWhatTheDockerfileSays() throws Exception {
        builder.provide(built(null));

        assertThat(engine.buildsAsked())
                .extracting(ImageBuild::dockerfile)
                .containsExactly(new ImageBuild.Dockerfile("Dockerfile", "FROM busybox:1"));
    }

    @Test
    void provide_writtenByBerth_isSentBesideTheFiles() throws Exception {
        Revision revision = new Revision("main", "c".repeat(40), "Ada", Instant.EPOCH);
        String text = "FROM busybox:1\nCOPY . /app\n";
        builder.provide(
                new ImageSource.Built(
                        "berth/shop:2",
                        new SourcePin(null, revision, ".", "d1"),
                        new Recipe.Written(
                                new Recipe.Recognised("Express", "express in package.json"),
                                ".",
                                text,
                                new Recipe.Program(3000, null, new TreeMap<>())),
                        new TreeMap<>()));

        ImageBuild asked = engine.buildsAsked().getFirst();
        assertThat(asked.dockerfile())
                .isEqualTo(new ImageBuild.Dockerfile(".berth.Dockerfile", text, true));
        assertThat(files(asked)).doesNotContainKeys(".berth.Dockerfile", ".dockerignore");
    }

    private ImageBuilder given(Vault vault) {
        return new ImageBuilder(
                engine,
                new OneDockerfile("FROM busybox:1"),
                vault,
                Queues.ofNobody(Clockwork.system()),
                ImageShelf.untouched(),
                Clockwork.system());
    }

    @Test
    void provide_secretsAndLimits_areHandedOn() throws Exception {
        Vault vault = Vault.ofThisProcess(InstantSource.system());
        SecretRef ref = new SecretRef("npm", "token");
        SortedMap<SecretRef, Secret> values = new TreeMap<>(Map.of(ref, Secret.of("s3cret")));
        vault.hold(values);
        BuildLimits limits = new BuildLimits(Duration.ofMinutes(3), 1 << 30, 500);
        ImageSource.Built built = (ImageSource.Built) built(null);
        ImageSource with =
                new ImageSource.Built(
                        built.reference(),
                        built.pin(),
                        built.recipe(),
                        built.args(),
                        new TreeMap<>(Map.of("TOKEN", vault.use(ref, Secret.of("s3cret")))),
                        limits);

        given(vault).provide(with);

        ImageBuild asked = engine.buildsAsked().getFirst();
        assertThat(asked.limits()).isEqualTo(limits);
        assertThat(asked.secrets()).containsExactly(Map.entry("TOKEN", Secret.of("s3cret")));
        assertThat(asked.toString()).doesNotContain("s3cret");
    }

    @Test
    void provide_secretChangedMeanwhile_waitsForTheNextPass() {
        Vault vault = Vault.ofThisProcess(InstantSource.system());
        ImageSource.Built built = (ImageSource.Built) built(null);
        ImageSource with =
                new ImageSource.Built(
                        built.reference(),
                        built.pin(),
                        built.recipe(),
                        built.args(),
                        new TreeMap<>(Map.of("TOKEN", new SecretUse("npm", "token", "v1"))),
                        BuildLimits.USUAL);

        assertThatThrownBy(() -> given(vault).provide(with))
                .isInstanceOf(ReconcileException.Waiting.class);
        assertThat(engine.buildsAsked()).isEmpty();
    }

    private static Map<String, String> files(ImageBuild build) throws Exception {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        build.context().writeTo(tar);
        Map<String, String> files = new HashMap<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar.toByteArray()))) {
            for (TarArchiveEntry entry = in.getNextEntry();
                    entry != null;
                    entry = in.getNextEntry()) {
                files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @Test
    void provide_there_isNotBuiltAgain() throws Exception {
        builder.provide(built(null));
        builder.provide(built(null));

        assertThat(engine.buildsAsked()).hasSize(1);
    }

    @Test
    void provide_builtForAReleaseOfBeforeAndGone_isNeverPulled() {
        assertThatThrownBy(() -> builder.provide(ImageSource.again("berth/shop:1a2b")))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("take spec.pin away");
        assertThat(engine.writes()).doesNotContainKey(EngineCall.PULL);
    }

    /** As when the same app gets more replicas while it is built. */
    @Test
    void provide_lastWaiterLeavesAndAsksAgain_goesOn() throws Exception {
        HeldCall pull = heldPull();
        Thread first = asking();
        await().atMost(PATIENCE).until(pull::begun);

        first.interrupt();
        first.join();
        Thread again = asking();
        await().atMost(PATIENCE).until(() -> again.getState() == Thread.State.WAITING);
        pull.letGo();
        again.join();

        assertThat(pull.wasInterrupted()).isFalse();
        assertThat(answers).hasSize(2).last().isEqualTo("there");
        assertThat(engine.writes()).containsEntry(EngineCall.PULL, 1);
    }

    @Test
    void provide_lastWaiterLeaves_cancelsThePull() throws Exception {
        HeldCall pull = heldPull();
        Thread first = asking();
        Thread second = asking();
        await().atMost(PATIENCE).until(() -> pull.begun() && bothWait(first, second));

        first.interrupt();
        second.interrupt();

        await().atMost(PATIENCE).until(pull::wasInterrupted);
        first.join();
        second.join();
        assertThat(answers).hasSize(2).allMatch(a -> a.contains("stopped while waiting"));
        builder.provide(BASE);
        assertThat(engine.images()).contains("base:1");
    }

    @Test
    void provide_oneOfTwoLeaves_goesOnForTheOther() throws Exception {
        HeldCall pull = heldPull();
        Thread leaves = asking();
        Thread stays = asking();
        await().atMost(PATIENCE).until(() -> pull.begun() && bothWait(leaves, stays));

        leaves.interrupt();
        leaves.join();
        pull.letGo();
        stays.join();

        assertThat(pull.wasInterrupted()).isFalse();
        assertThat(answers).hasSize(2).last().isEqualTo("there");
        assertThat(engine.writes()).containsEntry(EngineCall.PULL, 1);
    }

    @Test
    void provide_pullFails_isToldAndTriedAgainByTheNextWhoAsks() throws Exception {
        ImageSource missing = new ImageSource.Prebuilt("missing:1");

        assertThatThrownBy(() -> builder.provide(missing))
                .isInstanceOf(ReconcileException.Stalled.class);
        engine.withRegistryImage("missing:1", new ImageBehaviour.Runs());
        builder.provide(missing);

        assertThat(engine.images()).contains("missing:1");
    }

    private HeldCall heldPull() {
        HeldCall pull = new HeldCall();
        engine.withRegistryImage("base:1", new ImageBehaviour.Runs());
        engine.faults().beforeNext(EngineCall.PULL, pull);
        return pull;
    }

    private Thread asking() {
        return Thread.ofPlatform()
                .name("asking")
                .start(
                        () -> {
                            try {
                                builder.provide(BASE);
                                answers.add("there");
                            } catch (ReconcileException e) {
                                answers.add(e.getMessage());
                            }
                        });
    }

    private static boolean bothWait(Thread first, Thread second) {
        return first.getState() == Thread.State.WAITING
                && second.getState() == Thread.State.WAITING;
    }
}
