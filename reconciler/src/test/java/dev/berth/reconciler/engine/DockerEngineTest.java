package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.reconciler.engine.ContainerEngine.EngineEvent;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.Json;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the adapter takes answers that a healthy engine does not give. */
final class DockerEngineTest {
    private static final String CACHED = "RUN --mount=type=cache,target=/c npm ci";
    private static final String BUILT =
            "{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"x\"}}\n{\"stream\":\"Successfully built\\n\"}\n";
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Specs SPECS = Specs.of("home", "busybox:1");
    private static final String LIST = "GET /containers/json";
    private static final String LABELS =
            "{\"dev.berth.instance\":\"home\",\"dev.berth.kind\":\"app\",\"dev.berth.name\":\"shop\",\"dev.berth.process\":\"web\",\"dev.berth.slot\":\"1\"}";

    private final CannedEngine canned;
    private final DockerEngine engine;

    DockerEngineTest() throws Exception {
        canned =
                new CannedEngine()
                        .on(
                                "GET /images/busybox:1/json",
                                200,
                                "{\"Id\":\"sha256:aa\",\"RepoDigests\":[\"other/busybox@sha256:cc\",\"busybox@sha256:bb\"]}");
        engine = new DockerEngine(canned.dockerHost(), null, InstantSource.system());
    }

    @AfterEach
    void close() {
        engine.close();
        canned.close();
    }

    // Reaching it

    @Test
    void anyCall_noSuchSocket_saysWhereAndWhatToDo() {
        try (DockerEngine lost =
                new DockerEngine("unix:///nowhere/docker.sock", null, InstantSource.system())) {
            Transient failure =
                    catchThrowableOfType(Transient.class, () -> lost.containers("home"));

            assertThat(failure.reason()).isEqualTo(ReasonCode.EngineUnavailable);
            assertThat(failure)
                    .hasMessageContaining("unix:///nowhere/docker.sock")
                    .hasMessageContaining("DOCKER_HOST");
        }
    }

    @Test
    void anyCall_connectionBreaks_isUnavailable() {
        canned.onThenBreak(LIST, "[{");

        assertUnavailable(() -> engine.containers("home"));
    }

    @Test
    void anyCall_answerIsNoJson_isUnavailable() {
        canned.on(LIST, 200, "<html>a proxy's page</html>");

        assertUnavailable(() -> engine.containers("home"));
    }

    @Test
    void newEngine_otherScheme_isRefused() {
        assertThatThrownBy(() -> new DockerEngine("ssh://host", null, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unix:///path");
    }

    @Test
    void anyCall_ofAnyVersion_asksWithoutOne() throws Exception {
        canned.on(LIST, 200, "[]");

        engine.containers("home");

        assertThat(canned.asked()).singleElement().asString().startsWith(LIST);
    }

    // Looking

    @Test
    void containers_oneVanishes_isLeftOut() throws Exception {
        canned.on(LIST, 200, "[{\"Id\":\"aa\"},{\"Id\":\"bb\"}]")
                .on("GET /containers/aa/json", 200, inspect("aa", LABELS))
                .on("GET /containers/bb/json", 404, "{\"message\":\"No such container: bb\"}");

        assertThat(engine.containers("home"))
                .singleElement()
                .satisfies(c -> assertThat(c.id()).isEqualTo(new ContainerId("aa")));
    }

    @Test
    void containers_oneCannotBeInspected_isNoShortList() {
        canned.on(LIST, 200, "[{\"Id\":\"aa\"},{\"Id\":\"bb\"}]")
                .on("GET /containers/aa/json", 200, inspect("aa", LABELS))
                .on("GET /containers/bb/json", 500, "{\"message\":\"disk I/O error\"}");

        assertThatThrownBy(() -> engine.containers("home"))
                .isInstanceOf(Transient.class)
                .hasMessageContaining("disk I/O error");
    }

    @Test
    void containers_ofANewerBerth_areNotOurs() throws Exception {
        canned.on(LIST, 200, "[{\"Id\":\"aa\"}]")
                .on(
                        "GET /containers/aa/json",
                        200,
                        inspect("aa", LABELS.replace("\"app\"", "\"mailbox\"")));

        assertThat(engine.containers("home")).isEmpty();
    }

    @Test
    void containers_specLabelUnreadable_haveNoTemplate() throws Exception {
        String labels = LABELS.replace("}", ",\"dev.berth.spec\":\"{\\\"image\\\":7\"}");
        canned.on(LIST, 200, "[{\"Id\":\"aa\"}]")
                .on("GET /containers/aa/json", 200, inspect("aa", labels));

        assertThat(engine.containers("home"))
                .singleElement()
                .satisfies(
                        c -> {
                            assertThat(c.template()).isNull();
                            assertThat(c.owner()).isEqualTo(ResourceId.app("shop"));
                        });
    }

    // Making and starting

    @Test
    void createContainer_diskFull_isTransient() {
        canned.on(
                "POST /containers/create",
                500,
                "{\"message\":\"mkdir /var/lib/docker/overlay2/x: no space left on device\"}");

        Transient failure =
                catchThrowableOfType(
                        Transient.class, () -> engine.createContainer(SPECS.web("web")));

        assertThat(failure.reason()).isEqualTo(ReasonCode.DiskFull);
        assertThat(failure)
                .hasMessageContaining("home-web")
                .hasMessageContaining("docker system df");
    }

    @Test
    void createContainer_engineQuotesTheEnvironment_isRedacted() {
        canned.on(
                "POST /containers/create",
                400,
                "{\"message\":\"invalid environment variable: TOKEN=hunter2hunter2\"}");

        Stalled failure =
                catchThrowableOfType(
                        Stalled.class,
                        () ->
                                engine.createContainer(
                                        SPECS.withEnv("TOKEN", "hunter2hunter2").web("web")));

        assertThat(failure).hasMessageContaining("TOKEN=***").hasNoCause();
    }

    @Test
    void removeContainer_alreadyBeingRemoved_waitsUntilItIsGone() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        canned.on(
                        "DELETE /containers/aa",
                        409,
                        "{\"message\":\"removal of container aa is already in progress\"}")
                .on(
                        "GET /containers/aa/json",
                        exchange -> {
                            boolean there = looks.incrementAndGet() < 3;
                            byte[] body =
                                    (there ? inspect("aa", LABELS) : "{}")
                                            .getBytes(StandardCharsets.UTF_8);
                            exchange.sendResponseHeaders(there ? 200 : 404, body.length);
                            exchange.getResponseBody().write(body);
                        });

        engine.removeContainer(new ContainerId("aa"));

        assertThat(looks).hasValue(3);
    }

    @Test
    void ensureNetwork_noAddressesLeft_saysWhatToDo() {
        canned.on("GET /networks/home-shop", 404, "{\"message\":\"network not found\"}")
                .on(
                        "POST /networks/create",
                        404,
                        "{\"message\":\"could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network\"}");

        assertThatThrownBy(() -> engine.ensureNetwork("home", ResourceId.app("shop"), "home-shop"))
                .isInstanceOf(Transient.class)
                .hasMessageContaining("default-address-pools");
    }

    @Test
    void ensureNetwork_interruptedWhileAnotherMakesIt_endsAtOnceAndDisturbsNobody()
            throws Exception {
        HeldNetwork held = new HeldNetwork();
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        var _ = Thread.ofVirtual().start(() -> first.complete(ensured()));
        assertThat(held.begun.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Transient> failure = new CompletableFuture<>();
        Thread second =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        failure.complete(
                                                catchThrowableOfType(
                                                        Transient.class, this::ensure)));
        await().atMost(SHORT).until(() -> second.getState() == Thread.State.WAITING);

        second.interrupt();

        assertThat(failure.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ReasonCode.Superseded);
        assertThat(first).isNotDone();
        held.goOn.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isFalse();
        assertThat(canned.asked())
                .containsExactly("GET /networks/home-shop", "POST /networks/create");
    }

    @Test
    void ensureNetwork_interruptedWhileItMakesIt_finishesAndKeepsTheFlag() throws Exception {
        HeldNetwork held = new HeldNetwork();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> interrupted.complete(ensured()));
        assertThat(held.begun.await(10, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();

        held.goOn.countDown();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(canned.asked())
                .containsExactly("GET /networks/home-shop", "POST /networks/create");
    }

    /** An engine that has no network and takes its time to make one. */
    private final class HeldNetwork {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        HeldNetwork() {
            canned.on("GET /networks/home-shop", 404, "{\"message\":\"network not found\"}")
                    .on(
                            "POST /networks/create",
                            exchange -> {
                                begun.countDown();
                                try {
                                    goOn.await();
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                                byte[] made = "{\"Id\":\"1\"}".getBytes(StandardCharsets.UTF_8);
                                exchange.sendResponseHeaders(201, made.length);
                                exchange.getResponseBody().write(made);
                            });
        }
    }

    private void ensure() throws ReconcileException {
        engine.ensureNetwork("home", ResourceId.app("shop"), "home-shop");
    }

    /** True when the thread was interrupted meanwhile. */
    private boolean ensured() {
        try {
            ensure();
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
        return Thread.currentThread().isInterrupted();
    }

    @Test
    void ensureNetwork_nameIsTheStartOfAnId_isMade() throws Exception {
        canned.on("GET /networks/abc", 200, "{\"Name\":\"other\",\"Id\":\"abc0\"}")
                .on("POST /networks/create", 201, "{\"Id\":\"1\"}");

        engine.ensureNetwork("home", ResourceId.app("shop"), "abc");

        assertThat(canned.asked()).contains("POST /networks/create");
    }

    // Pulling

    static List<Arguments> registryAnswers() {
        return List.of(
                argumentSet(
                        "denied",
                        404,
                        "pull access denied for x/y, repository does not exist or may require 'docker login': denied: requested access",
                        true),
                argumentSet("no tag", 404, "manifest for x/y:1 not found: manifest unknown", true),
                argumentSet(
                        "login",
                        500,
                        "Head \\\"https://r/v2/\\\": unauthorized: authentication required",
                        true),
                argumentSet(
                        "platform",
                        404,
                        "no matching manifest for linux/amd64 in the manifest list entries",
                        true),
                argumentSet(
                        "dns",
                        500,
                        "Get \\\"https://r/v2/\\\": dial tcp: lookup r: no such host",
                        false),
                argumentSet(
                        "rate",
                        429,
                        "toomanyrequests: You have reached your pull rate limit",
                        false),
                argumentSet(
                        "broken",
                        500,
                        "received unexpected HTTP status: 503 Service Unavailable",
                        false));
    }

    @ParameterizedTest
    @MethodSource("registryAnswers")
    void pullImage_registryRefuses_isFinalOrNot(int status, String words, boolean stalled) {
        canned.on("POST /images/create", status, "{\"message\":\"" + words + "\"}");

        ReconcileException failure =
                catchThrowableOfType(
                        ReconcileException.class, () -> engine.pullImage("x/y:1", SHORT));

        assertThat(failure.reason()).isEqualTo(ReasonCode.PullFailed);
        assertThat(failure instanceof Stalled).isEqualTo(stalled);
    }

    @Test
    void pullImage_errorInsideTheStream_isTold() {
        canned.on(
                "POST /images/create",
                200,
                "{\"status\":\"Pulling\"}{\"errorDetail\":{\"message\":\"write /x: no space left on device\"},\"error\":\"x\"}");

        assertThatThrownBy(() -> engine.pullImage("x/y:1", SHORT))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.DiskFull));
    }

    @Test
    void pullImage_streamEndsAndNoImage_isTransient() {
        canned.on("POST /images/create", 200, "{\"status\":\"Pulling\"}")
                .on("GET /images/x/y:1/json", 404, "{\"message\":\"No such image\"}");

        assertThatThrownBy(() -> engine.pullImage("x/y:1", SHORT))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.PullFailed));
    }

    @Test
    void pullImage_withoutTag_asksForOneTagOnly() throws Exception {
        canned.on("POST /images/create", 200, "{\"status\":\"done\"}")
                .on("GET /images/", 200, "{\"Id\":\"sha256:1\"}");

        engine.pullImage("localhost:5000/y", SHORT);

        assertThat(canned.asked().getFirst()).contains("latest");
    }

    @Test
    void pullImage_overItsDeadline_isTransient() {
        CountDownLatch never = new CountDownLatch(1);
        canned.on("POST /images/create", _ -> hang(never));

        Transient failure =
                catchThrowableOfType(
                        Transient.class, () -> engine.pullImage("x/y:1", Duration.ofMillis(200)));

        assertThat(failure.reason()).isEqualTo(ReasonCode.PullFailed);
        assertThat(failure).hasMessageContaining("not done within");
    }

    // Building

    @Test
    void buildImage_engineGoneInMidBuild_isTransient() {
        canned.onThenBreak("POST /build", "{\"stream\":\"Step 1/2 : FROM busybox:1\\n\"}\n");

        assertUnavailable(() -> engine.buildImage(build(), _ -> {}));
    }

    @Test
    void buildImage_outputEndsWithoutResult_isTransient() {
        canned.on(
                "POST /build",
                200,
                "{\"stream\":\"Successfully built nothing yet\"}{\"stream\":\"\\nStep 2/2\\n\"}");

        assertUnavailable(() -> engine.buildImage(build(), _ -> {}));
    }

    @Test
    void buildImage_stepRunsOutOfSpace_isDiskFull() {
        canned.on(
                "POST /build",
                200,
                "{\"stream\":\"npm ERR! ENOSPC: no space left on device, write\\n\"}{\"errorDetail\":{\"message\":\"The command 'npm ci' returned a non-zero code: 228\"},\"error\":\"x\"}");

        assertThatThrownBy(() -> engine.buildImage(build(), _ -> {}))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.DiskFull));
    }

    @Test
    void buildImage_registryOfBaseUnreachable_isTransient() {
        canned.on(
                "POST /build",
                200,
                "{\"errorDetail\":{\"message\":\"Get https://r/v2/: dial tcp: lookup r: no such host\"},\"error\":\"x\"}");

        assertThatThrownBy(() -> engine.buildImage(build(), _ -> {}))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed));
    }

    @Test
    void buildImage_stepHasNoNetwork_isTriedAgainAndSaysWhatToCheck() {
        canned.on(
                "POST /build",
                200,
                "{\"stream\":\"npm error request to https://r.io/x failed, reason: getaddrinfo EAI_AGAIN r.io\\n\"}{\"errorDetail\":{\"message\":\"The command 'npm ci' returned a non-zero code: 1\"},\"error\":\"x\"}");

        assertThatThrownBy(() -> engine.buildImage(build(), _ -> {}))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed))
                .hasMessageContaining("the build can't reach r.io: check the engine's network");
    }

    @Test
    void buildImage_outputInPieces_isWholeLines() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        canned.on(
                "POST /build",
                200,
                "{\"stream\":\"Step 1/1 : \"}{\"stream\":\"FROM busybox:1\"}{\"stream\":\"\\n\"}{\"stream\":\"10%\\r100%\\r\\n\"}{\"stream\":\"Successfully tagged x/y:1\\n\"}");

        engine.buildImage(build(), log::add);

        assertThat(log)
                .endsWith("Step 1/1 : FROM busybox:1", "10%", "100%", "Successfully tagged x/y:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUN npm ci", CACHED})
    void buildImage_whateverTheBuilder_saysWhatTheImageIsBasedOn(String step) throws Exception {
        withBuildKit(200, BUILT);

        engine.buildImage(
                Contexts.build("x/y:1", Map.of("a", "b"), SHORT, "FROM busybox:1", step), _ -> {});

        assertThat(labelsAsked())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "a", "b",
                                "org.opencontainers.image.base.name", "busybox:1",
                                "org.opencontainers.image.base.digest", "sha256:bb"));
    }

    @Test
    void buildImage_baseFromNoRegistry_hasNoDigest() throws Exception {
        withBuildKit(200, BUILT);
        canned.on("GET /images/busybox:1/json", 200, "{\"Id\":\"sha256:aa\"}");

        engine.buildImage(build(), _ -> {});

        assertThat(labelsAsked())
                .containsExactly(Map.entry("org.opencontainers.image.base.name", "busybox:1"));
    }

    @Test
    void buildImage_baseThatNoRegistryHas_saysWhatToDo() {
        canned.on("GET /images/busybox:1/json", 404, "{\"message\":\"no such image\"}")
                .on("POST /images/create", 404, "{\"message\":\"pull access denied\"}");

        assertThatThrownBy(() -> engine.buildImage(build(), _ -> {}))
                .isInstanceOfSatisfying(
                        Stalled.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed))
                .hasMessageStartingWith(
                        "can't build x/y:1: the base image busybox:1 does not exist, or is private")
                .hasMessageContaining("pull access denied");
    }

    @SuppressWarnings("unchecked") // read as what was written
    private Map<String, String> labelsAsked() {
        String query = asked("POST /build");
        String labels = query.replaceFirst(".*[?&]labels=([^&]*).*", "$1");
        return Json.read(URLDecoder.decode(labels, StandardCharsets.UTF_8), Map.class);
    }

    private String asked(String request) {
        return canned.asked().stream().filter(r -> r.startsWith(request)).findFirst().orElseThrow();
    }

    @Test
    void buildImage_limits_areToldToTheClassicBuilder() throws Exception {
        withBuildKit(200, BUILT);

        engine.buildImage(limited("RUN npm ci"), _ -> {});

        assertThat(asked("POST /build"))
                .contains(
                        "memory=67108864", "memswap=67108864", "cpuperiod=100000", "cpuquota=50000")
                .doesNotContain("version=2");
    }

    @Test
    void buildImage_limitsAndBuildKitNeeded_saysWhatToDoAndBuildsNothing() {
        withBuildKit(200, BUILT);

        assertThatThrownBy(() -> engine.buildImage(limited(CACHED), _ -> {}))
                .isInstanceOfSatisfying(
                        Stalled.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed))
                .hasMessageContaining("limits of memory and CPU don't hold");
        assertThat(canned.asked()).noneMatch(request -> request.startsWith("POST /build"));
    }

    @Test
    void buildImage_overItsLimit_saysWhichOne() {
        withBuildKit(
                200,
                "{\"errorDetail\":{\"message\":\"The command 'x' returned a non-zero code: 137\"},\"error\":\"x\"}\n");

        assertThatThrownBy(() -> engine.buildImage(limited("RUN npm ci"), _ -> {}))
                .hasMessageStartingWith(
                        "can't build x/y:1: a step needed more than the 64 MiB of memory");
    }

    private static ImageBuild limited(String step) {
        ImageBuild build = Contexts.build("x/y:1", Map.of(), SHORT, "FROM busybox:1", step);
        return new ImageBuild(
                build.reference(),
                build.context(),
                build.dockerfile(),
                build.args(),
                build.secrets(),
                build.labels(),
                new BuildLimits(SHORT, 64 << 20, 500));
    }

    /** What one that Berth wrote is sent as. */
    private List<String> filesSent(BuildLimits limits) throws Exception {
        List<String> names = new CopyOnWriteArrayList<>();
        withBuildKit(200, BUILT);
        canned.on(
                "POST /build",
                exchange -> {
                    try (TarArchiveInputStream tar =
                            new TarArchiveInputStream(exchange.getRequestBody())) {
                        for (TarArchiveEntry entry = tar.getNextEntry();
                                entry != null;
                                entry = tar.getNextEntry()) {
                            names.add(
                                    entry.getName()
                                            + ": "
                                            + new String(
                                                    tar.readAllBytes(), StandardCharsets.UTF_8));
                        }
                    }
                    byte[] answer = BUILT.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                });
        engine.buildImage(
                new ImageBuild(
                        "x/y:1",
                        Contexts.files(Map.of("a.txt", "a")),
                        new ImageBuild.Dockerfile(
                                ".d", "FROM busybox:1\nCOPY . ./\n" + CACHED + "\n", true),
                        new TreeMap<>(),
                        new TreeMap<>(),
                        Map.of(),
                        limits),
                _ -> {});
        return names;
    }

    @Test
    void buildImage_writtenByBerth_isInTheFormOfItsBuilder() throws Exception {
        String command = "npm ci";

        assertThat(filesSent(BuildLimits.within(SHORT)))
                .hasSize(2)
                .contains("a.txt: a")
                .anyMatch(
                        file ->
                                file.matches(
                                        "(?s)\\.d: .*RUN --mount=\\S+ rm -f \\.d && .*"
                                                + Pattern.quote(command)
                                                + "\n"));
        assertThat(filesSent(new BuildLimits(SHORT, 64 << 20, 0)))
                .hasSize(3)
                .contains("a.txt: a", ".dockerignore: .d\n.dockerignore\n")
                .anyMatch(file -> file.startsWith(".d: ") && !file.contains("--mount"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUN npm ci", CACHED})
    void buildImage_whateverTheBuilder_writesTheContextOnce(String step) throws Exception {
        withBuildKit(200, BUILT);
        ImageBuild build = Contexts.build("x/y:1", Map.of(), SHORT, "FROM busybox:1", step);
        AtomicInteger written = new AtomicInteger();

        engine.buildImage(
                new ImageBuild(
                        build.reference(),
                        out -> {
                            written.incrementAndGet();
                            build.context().writeTo(out);
                        },
                        build.dockerfile(),
                        build.args(),
                        build.labels(),
                        build.deadline()),
                _ -> {});

        assertThat(written).hasValue(1);
    }

    @Test
    void buildImage_needsBuildKitThatIsNotThere_saysWhatToDo() {
        canned.on("GET /_ping", 200, "OK");

        assertThatThrownBy(() -> engine.buildImage(buildWithCache(), _ -> {}))
                .isInstanceOfSatisfying(
                        Stalled.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed))
                .hasMessageContaining("line 2: RUN --mount")
                .hasMessageContaining("Take an engine that has BuildKit");
        assertThat(canned.asked()).noneMatch(request -> request.startsWith("POST /build"));
    }

    @Test
    void buildImage_buildKitEndsWithoutImage_isTransient() {
        withBuildKit(200, "{\"stream\":\"Successfully tagged x/y:1\\n\"}\n");

        assertUnavailable(() -> engine.buildImage(buildWithCache(), _ -> {}));
    }

    @Test
    void buildImage_buildKitGoneInMidBuild_isTransient() {
        withBuildKit(200, "");
        canned.onThenBreak("POST /build", "{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"x\"}}\n");

        assertUnavailable(() -> engine.buildImage(buildWithCache(), _ -> {}));
        assertThat(canned.asked()).anyMatch(r -> r.startsWith("POST /build/cancel?id="));
    }

    @Test
    void buildImage_buildKitFails_saysWhatToDoAboveTheWords() {
        withBuildKit(
                200,
                "{\"errorDetail\":{\"message\":\"executor failed running [npm ci]: exit code: 137\"},\"error\":\"x\"}\n");

        assertThatThrownBy(() -> engine.buildImage(buildWithCache(), _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessageStartingWith("can't build x/y:1: a step ran out of memory")
                .hasMessageContaining("exit code: 137");
    }

    @Test
    void buildImage_buildKitRefused_isItsAnswer() {
        withBuildKit(400, "{\"message\":\"invalid tag\"}");

        assertThatThrownBy(() -> engine.buildImage(buildWithCache(), _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessage("can't build x/y:1: invalid tag");
    }

    private void withBuildKit(int status, String answer) {
        canned.on(
                "GET /_ping",
                exchange -> {
                    exchange.getResponseHeaders().add("Builder-Version", "2");
                    exchange.sendResponseHeaders(200, -1);
                });
        canned.on("POST /build/cancel", 200, "");
        canned.on("POST /build", status, answer);
    }

    private ImageBuild buildWithCache() {
        return Contexts.build("x/y:1", Map.of(), SHORT, "FROM busybox:1", CACHED);
    }

    // Logins of registries

    private static final String LOGINS =
            """
            {"auths": {
              "registry.example.com:5000": {"auth": "YW5uOnMzY3JldA=="},
              "https://index.docker.io/v1/": {"auth": "Ym9iOmh1Yg=="}
            }, "currentContext": "elsewhere"}
            """;

    /** Pulls with the logins above, and tells what went out. */
    private List<String> headersOfPull(String reference, Path logins) throws Exception {
        return headersOfPull(reference, logins, RegistryLogins.NONE);
    }

    private List<String> headersOfPull(String reference, Path logins, RegistryLogins declared)
            throws Exception {
        List<String> sent = new CopyOnWriteArrayList<>();
        canned.on(
                        "POST /images/create",
                        exchange -> {
                            sent.add(
                                    decoded(
                                            exchange.getRequestHeaders()
                                                    .getFirst("X-Registry-Auth")));
                            exchange.sendResponseHeaders(200, -1);
                        })
                .on("GET /images/", 200, "{\"Id\":\"sha256:aa\"}");
        try (DockerEngine withLogins =
                new DockerEngine(canned.dockerHost(), logins, declared, InstantSource.system())) {
            withLogins.pullImage(reference, SHORT);
        }
        return sent;
    }

    private static String decoded(@Nullable String header) {
        return header == null
                ? "none"
                : new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8);
    }

    @Test
    void pullImage_privateRegistry_showsItsLoginAlone(@TempDir Path logins) throws Exception {
        Files.writeString(logins.resolve("config.json"), LOGINS);

        assertThat(headersOfPull("registry.example.com:5000/shop:1", logins))
                .singleElement()
                .asString()
                .contains("\"ann\"", "\"s3cret\"")
                .doesNotContain("bob");
        assertThat(headersOfPull("acme/shop:1", logins))
                .singleElement()
                .asString()
                .contains("\"bob\"", "\"hub\"")
                .doesNotContain("ann");
        assertThat(headersOfPull("ghcr.io/acme/shop:1", logins)).containsExactly("none");
    }

    private static final RegistryLogins DECLARED =
            () ->
                    List.of(
                            new RegistryLogin(
                                    "registry.example.com:5000",
                                    "ci",
                                    Secret.of("declared-word"),
                                    "spec.registries of the Instance"),
                            new RegistryLogin(
                                    "docker.io",
                                    "acme",
                                    Secret.of("hub-word"),
                                    "spec.registries of the Instance"));

    @Test
    void pullImage_declaredLogin_countsOverThatOfTheFile(@TempDir Path logins) throws Exception {
        Files.writeString(logins.resolve("config.json"), LOGINS);

        assertThat(headersOfPull("registry.example.com:5000/shop:1", logins, DECLARED))
                .singleElement()
                .asString()
                .contains("\"ci\"", "\"declared-word\"", "\"registry.example.com:5000\"")
                .doesNotContain("ann");
        for (String image : List.of("acme/shop:1", "shop:1", "docker.io/acme/shop:1")) {
            assertThat(headersOfPull(image, logins, DECLARED))
                    .singleElement()
                    .asString()
                    .contains("\"acme\"", "\"https://index.docker.io/v1/\"")
                    .doesNotContain("bob");
        }
        assertThat(headersOfPull("ghcr.io/acme/shop:1", logins, DECLARED)).containsExactly("none");
    }

    @Test
    void pullImage_refused_tellsWhichLoginItWas(@TempDir Path logins) throws Exception {
        Files.writeString(logins.resolve("config.json"), LOGINS);
        canned.on("POST /images/create", 500, "{\"message\":\"unauthorized: s3cret no\"}");
        try (DockerEngine fromFile =
                        new DockerEngine(canned.dockerHost(), logins, InstantSource.system());
                DockerEngine declared =
                        new DockerEngine(
                                canned.dockerHost(), logins, DECLARED, InstantSource.system())) {
            assertThatThrownBy(() -> fromFile.pullImage("registry.example.com:5000/a", SHORT))
                    .isInstanceOf(Stalled.class)
                    .hasMessageContaining(
                            "registry.example.com:5000 was asked as ann, by the login in "
                                    + logins.resolve("config.json"));
            assertThatThrownBy(() -> declared.pullImage("a", SHORT))
                    .isInstanceOf(Stalled.class)
                    .hasMessageContaining("docker.io was asked as acme: mend the login in spec")
                    .hasMessageNotContaining("hub-word");
            assertThatThrownBy(() -> declared.pullImage("ghcr.io/a", SHORT))
                    .isInstanceOf(Stalled.class)
                    .hasMessageContaining("ghcr.io was asked without a login");
        }
    }

    @Test
    void pullImage_notWhatItsDigestSays_isRefused() {
        canned.on(
                "POST /images/create",
                500,
                "{\"message\":\"manifest verification failed for digest sha256:aa\"}");

        assertThatThrownBy(() -> engine.pullImage("ghcr.io/a@sha256:aa", SHORT))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining("something else than was asked for")
                .extracting(failure -> ((Stalled) failure).reason())
                .isEqualTo(ReasonCode.Conflict);
    }

    @Test
    void pullImage_noLogins_showsNone(@TempDir Path logins) throws Exception {
        assertThat(headersOfPull("registry.example.com:5000/shop:1", logins))
                .containsExactly("none");
        assertThat(headersOfPull("registry.example.com:5000/shop:1", logins.resolve("missing")))
                .containsExactly("none");
    }

    @Test
    void pullImage_loginMadeLater_counts(@TempDir Path logins) throws Exception {
        canned.on("POST /images/create", 500, "{\"message\":\"access denied\"}");
        try (DockerEngine withLogins =
                new DockerEngine(canned.dockerHost(), logins, InstantSource.system())) {
            assertThatThrownBy(() -> withLogins.pullImage("registry.example.com:5000/a", SHORT))
                    .isInstanceOf(Stalled.class);
            Files.writeString(logins.resolve("config.json"), LOGINS);
            AtomicReference<String> sent = new AtomicReference<>("nothing");
            canned.on(
                            "POST /images/create",
                            exchange -> {
                                sent.set(
                                        decoded(
                                                exchange.getRequestHeaders()
                                                        .getFirst("X-Registry-Auth")));
                                exchange.sendResponseHeaders(200, -1);
                            })
                    .on("GET /images/", 200, "{\"Id\":\"sha256:aa\"}");

            withLogins.pullImage("registry.example.com:5000/a", SHORT);

            assertThat(sent.get()).contains("ann");
        }
    }

    @Test
    void pullImage_loginsUnreadable_saysWhereAndNotWhat(@TempDir Path logins) throws Exception {
        Files.writeString(logins.resolve("config.json"), "{\"auths\": \"s3cret\"");

        assertThatThrownBy(() -> headersOfPull("registry.example.com:5000/shop:1", logins))
                .isInstanceOf(Transient.class)
                .hasMessageContaining(logins.resolve("config.json").toString())
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    // Events

    @Test
    void events_streamEnds_isToldOnce() throws Exception {
        List<EngineEvent> told = new CopyOnWriteArrayList<>();
        AtomicInteger ended = new AtomicInteger();
        canned.on(
                "GET /events",
                200,
                "{\"Type\":\"container\",\"Action\":\"health_status: unhealthy\",\"Actor\":{\"ID\":\"aa\",\"Attributes\":"
                        + LABELS
                        + "}}\n{\"Type\":\"container\",\"Action\":\"health_status\",\"Actor\":{\"ID\":\"cc\",\"Attributes\":"
                        + LABELS
                        + "}}\n{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"bb\",\"Attributes\":{}}}\n");

        engine.events("home", told::add, ended::incrementAndGet);

        await().atMost(SHORT).until(() -> ended.get() == 1);
        assertThat(told)
                .containsExactly(
                        new EngineEvent(
                                ResourceId.app("shop"), new ContainerId("aa"), "unhealthy"));
    }

    @Test
    void events_engineDown_throws() {
        canned.close();

        assertUnavailable(() -> engine.events("home", _ -> {}, () -> {}));
    }

    private ImageBuild build() {
        return Contexts.build("x/y:1", Map.of(), SHORT, "FROM busybox:1");
    }

    private static String inspect(String id, String labels) {
        return "{\"Id\":\"%s\",\"Name\":\"/x\",\"Config\":{\"Labels\":%s},\"State\":{\"Status\":\"running\"}}"
                .formatted(id, labels);
    }

    private static void hang(CountDownLatch latch) {
        try {
            var _ = latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.EngineUnavailable));
    }
}
