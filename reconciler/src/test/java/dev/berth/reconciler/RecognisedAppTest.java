package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.BuildStatus;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app whose code has no Dockerfile, from commit to traffic. */
final class RecognisedAppTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final String NODE = "node:24-bookworm-slim";
    private static final String SPEC = "{source: {path: code}}";
    private static final String EXPRESS =
            """
            {"scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0"}}
            """;
    private static final String VITE =
            """
            {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7.0.0"}}
            """;

    @TempDir Path directory = Path.of("");
    private Spine spine = new Spine(Path.of(""));
    private int commits;

    @BeforeEach
    void anEngine() {
        spine = new Spine(directory);
        spine.engine.withImages(NODE);
        spine.file("code/package-lock.json", "{}");
    }

    private PassReport commit(String spec) throws InterruptedException {
        commits++;
        spine.commit(commits, spec);
        return spine.reconciler.reconcile(new Trigger.Poll());
    }

    private PassReport commitProgram() throws InterruptedException {
        spine.file("code/package.json", EXPRESS);
        spine.file("code/server.js", "1");
        return commit(SPEC);
    }

    /** What the fake builder is said to have made lies in {@code dist}. */
    private PassReport commitSite() throws InterruptedException {
        spine.file("code/package.json", VITE);
        spine.file("code/index.html", "source");
        spine.file("code/dist/index.html", "built");
        spine.file("code/dist/a/b.js", "script");
        return commit(SPEC);
    }

    private static Condition ready(PassReport pass) {
        return pass.resources().stream()
                .filter(status -> status.id().equals(SHOP))
                .map(status -> Objects.requireNonNull(status.condition(ConditionType.Ready)))
                .findFirst()
                .orElseThrow();
    }

    private List<String> processes() throws ReconcileException {
        return spine.engine.containers("home").stream()
                .filter(ContainerView::running)
                .map(ContainerView::process)
                .toList();
    }

    @Test
    void reconcile_program_isBuiltByWhatBerthWroteAndServes() throws Exception {
        spine.file("code/Procfile", "web: node server.js\nworker: sleep 99\n");
        PassReport pass = commitProgram();

        assertThat(ready(pass).status()).isEqualTo(Condition.Status.True);
        assertThat(processes()).containsExactlyInAnyOrder("web", "worker");
        assertThat(pass.plan()).contains("recognised as Express");
        assertThat(spine.engine.buildsAsked())
                .extracting(ImageBuild::dockerfile)
                .singleElement()
                .satisfies(
                        dockerfile -> {
                            assertThat(dockerfile.path()).isEqualTo(".berth.Dockerfile");
                            assertThat(dockerfile.text()).contains("FROM " + NODE);
                        });
    }

    @Test
    void reconcile_program_tellsWhatItIsAndByWhat() throws Exception {
        assertThat(commitProgram().builds())
                .singleElement()
                .satisfies(
                        build -> {
                            assertThat(build.recognisedAs()).isEqualTo("Express");
                            assertThat(build.reason()).isEqualTo("express in package.json");
                            assertThat(build.makes()).isEqualTo(BuildStatus.Makes.Image);
                            assertThat(build.path()).isEqualTo("code");
                            assertThat(build.text()).contains("FROM " + NODE);
                        });
    }

    @Test
    void reconcile_onceMore_writesNothing() throws Exception {
        commitProgram();
        commit(SPEC);
        spine.engine.forgetCalls();

        commit(SPEC);

        assertThat(spine.engine.writeCount()).isZero();
    }

    @Test
    void reconcile_filesThatABuildMakes_areServedFromDisk() throws Exception {
        PassReport pass = commitSite();

        assertThat(ready(pass).status()).isEqualTo(Condition.Status.True);
        assertThat(pass.plan()).contains("publish the files built from code", "as Vite");
        assertThat(spine.engine.contents().containers()).isEmpty();
        Path site = published();
        assertThat(site.resolve("index.html")).hasContent("built");
        assertThat(site.resolve("a/b.js")).hasContent("script");
        assertThat(pass.builds())
                .extracting(BuildStatus::makes)
                .containsExactly(BuildStatus.Makes.Files);
    }

    private Path published() throws IOException {
        try (var versions = Files.list(directory.resolve("sites/shop"))) {
            return versions.filter(v -> !v.getFileName().toString().startsWith("."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void reconcile_sameFilesOnceMore_buildsAndReadsNothing() throws Exception {
        commitSite();
        spine.engine.forgetCalls();

        commit(SPEC);

        assertThat(spine.engine.writeCount()).isZero();
        assertThat(spine.engine.journal())
                .extracting(entry -> entry.call())
                .doesNotContain(EngineCall.READ_FILES);
    }

    @Test
    void reconcile_readingFails_leavesNoContainerAndIsTriedAgain() throws Exception {
        spine.engine
                .faults()
                .failNext(
                        EngineCall.READ_FILES,
                        new ReconcileException.Transient(ReasonCode.BuildFailed, "broke off"));
        PassReport failed = commitSite();

        assertThat(ready(failed).status()).isEqualTo(Condition.Status.False);
        assertThat(spine.engine.contents().containers()).isEmpty();

        assertThat(ready(commit(SPEC)).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.buildsAsked()).hasSize(1);
    }

    @Test
    void reconcile_crashLeftAContainerToReadFrom_itIsGoneAfterTheNextPass() throws Exception {
        spine.engine
                .faults()
                .failNext(
                        EngineCall.READ_FILES,
                        new ReconcileException.Transient(ReasonCode.BuildFailed, "broke off"));
        spine.engine
                .faults()
                .failNext(
                        EngineCall.REMOVE,
                        new ReconcileException.Transient(ReasonCode.PruneFailed, "broke off"));
        commitSite();
        assertThat(spine.engine.contents().containers()).hasSize(1);

        commitProgram();

        assertThat(spine.engine.runs("home")).isEmpty();
        assertThat(processes()).containsExactly("web");
    }

    @Test
    void reconcile_programBecomesFiles_isServedByThemBeforeItStops() throws Exception {
        commitProgram();
        PassReport pass = commitSite();

        assertThat(processes()).isEmpty();
        assertThat(ready(pass).status()).isEqualTo(Condition.Status.True);
        assertThat(steps(pass)).containsExactly("publish", "switch", "stop");
    }

    @Test
    void reconcile_filesBecomeAProgram_runsBeforeItIsSwitchedTo() throws Exception {
        commitSite();
        PassReport pass = commitProgram();

        assertThat(processes()).contains("web");
        assertThat(ready(pass).status()).isEqualTo(Condition.Status.True);
        assertThat(steps(pass)).containsExactly("start", "switch");
    }

    private static List<String> steps(PassReport pass) {
        return pass.changes().stream()
                .map(change -> change.what().substring(2).split(" ", 2)[0])
                .toList();
    }

    @Test
    void reconcile_filesAsTheyAre_needNoEngine() throws Exception {
        spine.file("plain/index.html", "hello");
        spine.file("plain/secret.txt", "x");
        spine.file("plain/.dockerignore", "secret.txt\n.dockerignore\n");
        PassReport pass = commit("{source: {path: plain}}");

        assertThat(ready(pass).status()).isEqualTo(Condition.Status.True);
        assertThat(spine.engine.writeCount()).isZero();
        assertThat(published().resolve("index.html")).hasContent("hello");
        assertThat(published().resolve("secret.txt")).doesNotExist();
    }
}
