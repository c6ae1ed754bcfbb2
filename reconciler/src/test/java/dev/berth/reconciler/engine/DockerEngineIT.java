package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.BuildLimits;
import dev.berth.reconciler.engine.ContainerEngine.EngineEvent;
import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.App;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The contract, and what only a real engine can show. Side by side, as Berth itself asks an engine:
 * each case has an instance name, a client and images of its own.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DockerEngineIT extends ContainerEngineContract {
    private static final String BUILDKIT_STEP = "RUN --mount=type=tmpfs,target=/t ";

    /** Of a build that does not keep it; others build meanwhile, and it must have begun by then. */
    private static final Duration BUILD_DEADLINE = Duration.ofSeconds(10);

    private final EngineConnection byHand =
            new EngineConnection(RealEngine.dockerHost(), null, RegistryLogins.NONE);
    private final DockerEngine engine =
            new DockerEngine(RealEngine.dockerHost(), null, InstantSource.system());

    @Override
    ContainerEngine engine() {
        return engine;
    }

    @Override
    void runByHand(String name) {
        DockerClient client = byHand.client();
        String id =
                client.createContainerCmd(IMAGE)
                        .withName(name)
                        .withCmd("sleep", "3600")
                        .exec()
                        .getId();
        client.startContainerCmd(id).exec();
    }

    @AfterEach
    void removeAllOfTheInstances() {
        DockerClient client = byHand.client();
        for (String mine : List.of(instance, instance + "x")) {
            Map<String, String> label = Map.of(Labels.INSTANCE, mine);
            List<String> filter = List.of(Labels.INSTANCE + "=" + mine);
            for (Container c :
                    client.listContainersCmd().withShowAll(true).withLabelFilter(label).exec()) {
                client.removeContainerCmd(c.getId()).withForce(true).withRemoveVolumes(true).exec();
            }
            for (Network n : client.listNetworksCmd().withFilter("label", filter).exec()) {
                client.removeNetworkCmd(n.getId()).exec();
            }
            client.listVolumesCmd()
                    .withFilter("label", filter)
                    .exec()
                    .getVolumes()
                    .forEach(v -> client.removeVolumeCmd(v.getName()).exec());
            client.listImagesCmd()
                    .withLabelFilter(label)
                    .exec()
                    .forEach(i -> client.removeImageCmd(i.getId()).withForce(true).exec());
        }
        engine.close();
        byHand.close();
    }

    @Test
    void createContainer_anySpec_isHardened() throws Exception {
        ContainerId id =
                create(
                        specs.withLimits(64L << 20, 500)
                                .withPort(8080, false)
                                .withEnv("PORT", "8080")
                                .web("web"));

        HostConfig host = inspect(id).getHostConfig();
        assertThat(host.getCapDrop()).containsExactly(Capability.ALL);
        assertThat(host.getSecurityOpts()).containsExactly("no-new-privileges");
        assertThat(host.getPidsLimit()).isEqualTo(512);
        assertThat(host.getInit()).isTrue();
        assertThat(host.getLogConfig().getType()).isEqualTo(LogConfig.LoggingType.LOCAL);
        assertThat(host.getLogConfig().getConfig())
                .isEqualTo(Map.of("max-size", "10m", "max-file", "3"));
        assertThat(host.getRestartPolicy()).isEqualTo(RestartPolicy.unlessStoppedRestart());
        assertThat(host.getMemory()).isEqualTo(64L << 20);
        assertThat(host.getMemorySwap()).isEqualTo(64L << 20);
        assertThat(host.getNanoCPUs()).isEqualTo(500_000_000L);
        assertThat(host.getPortBindings()).isNull();
        assertThat(host.getPrivileged()).isFalse();
        assertThat(inspect(id).getConfig().getEnv())
                .contains("PORT=8080", "BERTH_REVISION=" + specs.web("web").revision());
        assertThat(inspect(id).getConfig().getLabels())
                .containsEntry(Labels.COMPOSE_PROJECT, instance + "-shop")
                .containsEntry(Labels.COMPOSE_SERVICE, "web");
    }

    @Test
    void startContainer_hardened_hasNoCapability() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        ExecResult status =
                engine.exec(
                        id, List.of("grep", "-E", "CapEff|NoNewPrivs", "/proc/1/status"), MINUTE);

        assertThat(status.output()).containsPattern("CapEff:\\s*0{16}");
        assertThat(status.output()).containsPattern("NoNewPrivs:\\s*1");
    }

    @Test
    void startContainer_withDeclaredCapabilities_hasThoseAlone() throws Exception {
        String script = "chown 1000:1000 /tmp && echo changed; sleep 3600";
        ContainerId with =
                run(specs.withShell(script)
                                .withCapabilities(
                                        App.Capability.SETUID,
                                        App.Capability.CHOWN,
                                        App.Capability.SETGID)
                                .web("with"))
                        .id();
        ContainerId without = run(specs.withShell(script).web("without")).id();

        await().atMost(MINUTE).until(() -> !engine.logTail(with, 1).isEmpty());
        await().atMost(MINUTE).until(() -> !engine.logTail(without, 1).isEmpty());

        assertThat(engine.logTail(with, 10)).containsExactly("changed");
        assertThat(engine.logTail(without, 10))
                .singleElement()
                .asString()
                .contains("Operation not permitted");
        // capabilities(7): CHOWN is 0, SETGID is 6, SETUID is 7
        assertThat(engine.exec(with, List.of("grep", "CapBnd", "/proc/1/status"), MINUTE).output())
                .containsPattern("CapBnd:\\s*0{14}c1");
        assertThat(inspect(with).getHostConfig().getCapDrop()).containsExactly(Capability.ALL);
    }

    @Test
    void startContainer_inItsNetwork_isFoundByProcessAndAppName() throws Exception {
        ContainerView web = run(specs.web("web"));
        ContainerId other = run(specs.web("other")).id();
        String address = Objects.requireNonNull(web.addresses().get(specs.network()));

        for (String name : List.of("web", "shop", web.name())) {
            ExecResult answer = engine.exec(other, List.of("nslookup", name), MINUTE);
            assertThat(answer.output()).contains(address);
        }
    }

    @Test
    void startContainer_published_answersOnLoopbackOnly() throws Exception {
        ContainerView view =
                run(
                        specs.withPort(8080, true)
                                .withShell(
                                        "mkdir /www; echo hello >/www/index.html; exec httpd -f -p 8080 -h /www")
                                .web("web"));

        String direct = "http://%s:8080/".formatted(view.addresses().get(specs.network()));
        String published = "http://127.0.0.1:%d/".formatted(view.publishedPort());
        await().atMost(MINUTE).until(() -> get(direct).equals("hello\n"));
        assertThat(get(published)).isEqualTo("hello\n");
        assertThat(
                        inspect(view.id())
                                .getNetworkSettings()
                                .getPorts()
                                .getBindings()
                                .values()
                                .stream()
                                .flatMap(Arrays::stream))
                .singleElement()
                .satisfies(binding -> assertThat(binding.getHostIp()).isEqualTo("127.0.0.1"));
    }

    @Test
    void startContainer_volumeOfNonRootImage_isWritableAndOutlivesIt() throws Exception {
        engine.buildImage(
                build(
                        "FROM " + IMAGE,
                        "RUN mkdir /data && echo seed >/data/seed && chown -R 1000:1000 /data",
                        "USER 1000"),
                _ -> {});
        String volume = instance + "-data";
        engine.ensureVolume(instance, specs.app(), volume);
        Specs withVolume = specs.withImage(reference()).withMount("/data", volume);

        ContainerId first = run(withVolume.web("first")).id();
        ExecResult wrote =
                engine.exec(
                        first, List.of("sh", "-c", "cat /data/seed; echo kept >/data/x"), MINUTE);
        engine.removeContainer(first);
        ContainerId second = run(withVolume.web("second")).id();

        assertThat(wrote).isEqualTo(new ExecResult(0, "seed\n"));
        assertThat(engine.exec(second, List.of("cat", "/data/x"), MINUTE).output())
                .isEqualTo("kept\n");
    }

    @Test
    void startContainer_withHealthcheck_becomesHealthy() throws Exception {
        engine.buildImage(build("FROM " + IMAGE, "HEALTHCHECK --interval=1s CMD true"), _ -> {});

        ContainerId id = run(specs.withImage(reference()).web("web")).id();

        await().atMost(MINUTE)
                .until(
                        () ->
                                view(id).state() instanceof Running running
                                        && running.health() == Health.HEALTHY);
    }

    @Test
    void events_healthcheckFails_isTold() throws Exception {
        engine.buildImage(
                build("FROM " + IMAGE, "HEALTHCHECK --interval=1s --retries=1 CMD false"), _ -> {});
        List<EngineEvent> told = new CopyOnWriteArrayList<>();
        try (ContainerEngine.Subscription _ = engine.events(instance, told::add, () -> {})) {
            ContainerId id = run(specs.withImage(reference()).web("web")).id();

            await().atMost(MINUTE)
                    .until(() -> told.contains(new EngineEvent(specs.app(), id, "unhealthy")));
        }
    }

    @Test
    void startContainer_unknownUser_stalls() throws Exception {
        engine.buildImage(build("FROM " + IMAGE, "USER nobody-here"), _ -> {});
        ContainerId id = create(specs.withImage(reference()).web("web"));

        Stalled failure = catchThrowableOfType(Stalled.class, () -> engine.startContainer(id));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
        assertThat(failure).hasMessageContaining("nobody-here");
        assertThat(engine.container(id))
                .hasValueSatisfying(
                        view -> assertThat(view.state()).isEqualTo(new ContainerView.Created()));
    }

    @Test
    void createContainer_refusedForASecret_doesNotTellIt() {
        Stalled failure =
                catchThrowableOfType(
                        Stalled.class,
                        () ->
                                create(
                                        specs.withEnv("TOKEN", "s3cr3t-value")
                                                .withMount("s3cr3t-value", "x")
                                                .web("web")));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
        assertThat(failure).hasMessageContaining("***").hasNoCause();
        assertThat(failure.getMessage()).doesNotContain("s3cr3t-value");
    }

    @Test
    void containers_changedByHand_showWhatIs() throws Exception {
        ContainerId id = run(specs.withLimits(64L << 20, 500).web("web")).id();

        byHand.client()
                .updateContainerCmd(id.text())
                .withMemory(32L << 20)
                .withRestartPolicy(RestartPolicy.alwaysRestart())
                .exec();
        byHand.client()
                .disconnectFromNetworkCmd()
                .withContainerId(id.text())
                .withNetworkId(specs.network())
                .exec();
        byHand.client().pauseContainerCmd(id.text()).exec();

        ContainerView view = view(id);
        assertThat(view.actual()).isEqualTo(new ContainerView.Actual(32L << 20, 500, "always"));
        assertThat(view.addresses()).isEmpty();
        assertThat(view.state()).isEqualTo(new Paused());
        engine.startContainer(id);
        assertThat(view(id).running()).isTrue();
    }

    @Test
    void stopAndRemove_paused_work() throws Exception {
        ContainerId stopped = run(specs.web("a")).id();
        ContainerId removed = run(specs.web("b")).id();
        byHand.client().pauseContainerCmd(stopped.text()).exec();
        byHand.client().pauseContainerCmd(removed.text()).exec();

        engine.stopContainer(stopped, GRACE);
        engine.removeContainer(removed);

        assertThat(view(stopped).running()).isFalse();
        assertThat(engine.container(removed)).isEmpty();
    }

    @Test
    void containers_vanishingMeanwhile_areLeftOut() throws Exception {
        for (int i = 0; i < 8; i++) {
            create(specs.web("c" + i));
        }
        List<ContainerView> all = engine.containers(instance);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch removed = new CountDownLatch(1);
        Thread remover =
                Thread.ofVirtual()
                        .uncaughtExceptionHandler((_, e) -> failure.set(e))
                        .start(
                                () -> {
                                    all.forEach(
                                            c ->
                                                    byHand.client()
                                                            .removeContainerCmd(c.id().text())
                                                            .withForce(true)
                                                            .exec());
                                    removed.countDown();
                                });

        int before = all.size();
        while (removed.getCount() > 0 && remover.isAlive()) {
            int now = engine.containers(instance).size();
            assertThat(now).isLessThanOrEqualTo(before);
            before = now;
        }

        assertThat(remover.join(MINUTE)).isTrue();
        assertThat(failure.get()).isNull();
        assertThat(engine.containers(instance)).isEmpty();
    }

    @Test
    void buildImage_argsLabelsAndAnotherDockerfile_areUsed() throws Exception {
        TreeMap<String, String> args = new TreeMap<>(Map.of("WHO", "the \"world\" & $you"));
        engine.buildImage(byAnotherDockerfile(args, "RUN echo \"$WHO\" >/who"), _ -> {});

        ContainerId id = run(specs.withImage(reference()).web("web")).id();
        assertThat(engine.exec(id, List.of("cat", "/who"), MINUTE).output())
                .isEqualTo("the \"world\" & $you\n");
        assertThat(
                        Objects.requireNonNull(
                                        byHand.client()
                                                .inspectImageCmd(reference())
                                                .exec()
                                                .getConfig())
                                .getLabels())
                .containsEntry(Labels.INSTANCE, instance);
    }

    private ImageBuild byAnotherDockerfile(SortedMap<String, String> args, String step) {
        String path = "deploy/Web.dockerfile";
        String text = "FROM %s\nARG WHO\n%s\n".formatted(IMAGE, step);
        return new ImageBuild(
                reference(),
                Contexts.files(Map.of(path, text)),
                new ImageBuild.Dockerfile(path, text),
                args,
                Map.of(Labels.INSTANCE, instance),
                MINUTE);
    }

    @Test
    void buildImage_overItsDeadline_isCancelledInTheEngine() {
        ImageBuild slow =
                Contexts.build(
                        reference(),
                        Map.of(Labels.INSTANCE, instance),
                        BUILD_DEADLINE,
                        "FROM " + IMAGE,
                        "RUN echo slow; sleep 301");

        Stalled failure =
                catchThrowableOfType(Stalled.class, () -> engine.buildImage(slow, _ -> {}));

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure)
                .hasMessageContaining("not done within 10 s")
                .hasMessageContaining("slow");
        await().atMost(MINUTE).until(() -> !somethingRuns("sleep 301"));
    }

    @Test
    void buildImage_interrupted_isCancelledInTheEngine() throws Exception {
        assertInterruptible(
                build("FROM " + IMAGE, "RUN echo begun; sleep 302"),
                () -> somethingRuns("sleep 302"));
    }

    @Test
    void exec_muchOutput_isItsEnd() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        ExecResult result = engine.exec(id, List.of("seq", "1", "20000"), MINUTE);

        assertThat(result.output()).hasSize(4096).endsWith("19999\n20000\n");
    }

    @Test
    void buildImage_byBuildKit_tellsStepsArgsAndCachedOnes() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        TreeMap<String, String> args =
                new TreeMap<>(Map.of("WHO", "the \"world\" & $you " + instance));
        ImageBuild build =
                byAnotherDockerfile(
                        args, "RUN --mount=type=tmpfs,target=/t echo \"$WHO\" | tee /who");

        engine.buildImage(build, log::add);
        engine.buildImage(build, log::add);

        assertThat(log)
                .anyMatch(line -> line.matches("#\\d+ \\[2/2] RUN --mount=type=tmpfs.*"))
                .anyMatch(line -> line.matches("#\\d+ \\d+\\.\\d{3} the \"world\" & \\$you .*"))
                .anyMatch(line -> line.matches("#\\d+ DONE \\d+\\.\\ds"))
                .anyMatch(line -> line.matches("#\\d+ CACHED"));
        ContainerId id = run(specs.withImage(reference()).web("web")).id();
        assertThat(engine.exec(id, List.of("cat", "/who"), MINUTE).output())
                .isEqualTo("the \"world\" & $you " + instance + "\n");
        assertThat(
                        byHand.client()
                                .listImagesCmd()
                                .withLabelFilter(Map.of(Labels.INSTANCE, instance))
                                .exec())
                .hasSize(1);
    }

    @Test
    void buildImage_byBuildKitOverItsDeadline_isCancelledInTheEngine() throws Exception {
        ImageBuild slow =
                Contexts.build(
                        reference(),
                        Map.of(Labels.INSTANCE, instance),
                        BUILD_DEADLINE,
                        "FROM " + IMAGE,
                        BUILDKIT_STEP + "echo slow; sleep 303");

        List<Boolean> ran = new CopyOnWriteArrayList<>();

        Stalled failure =
                catchThrowableOfType(
                        Stalled.class,
                        () -> engine.buildImage(slow, _ -> ran.add(processRuns("sleep 303"))));

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure)
                .hasMessageContaining("not done within 10 s")
                .hasMessageContaining("slow");
        assertThat(ran).contains(true);
        await().atMost(MINUTE).until(() -> !processRuns("sleep 303"));
    }

    @Test
    void buildImage_byBuildKitInterrupted_isCancelledInTheEngine() throws Exception {
        assertInterruptible(
                build("FROM " + IMAGE, BUILDKIT_STEP + "echo begun; sleep 304"),
                () -> processRuns("sleep 304"));
    }

    @Test
    void buildImage_byBuildKitWithDockerfileOfBerth_leavesNothingOfItInTheImage() throws Exception {
        ContainerId id =
                containerOf(
                        Map.of("a.txt", "a", "b/c.txt", "c"),
                        new ImageBuild.Dockerfile(
                                ".berth.Dockerfile",
                                """
                                FROM %s AS build
                                WORKDIR /app
                                COPY . ./
                                RUN --mount=type=cache,id=berth-it,target=/c ls -A >/seen

                                FROM scratch
                                COPY --from=build /app /site
                                COPY --from=build /seen /site/seen
                                """
                                        .formatted(IMAGE),
                                true));

        assertThat(readFiles(id, "/site"))
                .isEqualTo(Map.of("a.txt", "a", "b/c.txt", "c", "seen", "a.txt\nb\n"));
    }

    @Test
    void buildImage_secret_isThereAllTheTimeAndInNoLayerNorHistoryNorLog() throws Exception {
        String secret = "s3cret-" + instance;
        List<String> log = new CopyOnWriteArrayList<>();

        engine.buildImage(
                withSecrets(
                        Map.of("TOKEN", Secret.of(secret), "LATER", Secret.of("x".repeat(100_000))),
                        "FROM " + IMAGE,
                        "RUN --mount=type=secret,id=TOKEN,required=true"
                                + " export TOKEN=\"$(cat /run/secrets/TOKEN)\" && test \"$TOKEN\" = "
                                + "s3cret-\"$(echo "
                                + instance
                                + ")\" && echo \"it is $TOKEN\" && sleep 3 && echo done > /done",
                        // more than a window of HTTP/2, and after BuildKit looked whether we are
                        // there
                        "RUN --mount=type=secret,id=LATER,required=true"
                                + " test $(wc -c < /run/secrets/LATER) = 100000 && test ! -e"
                                + " /run/secrets/TOKEN && env > /env"),
                log::add);

        assertThat(log)
                .anyMatch(line -> line.endsWith("it is ***"))
                .noneMatch(l -> l.contains(secret));

        try (InputStream saved = byHand.client().saveImageCmd(reference()).exec()) {
            String all = new String(saved.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all).contains("/done").doesNotContain(secret);
        }
    }

    private ImageBuild limited(BuildLimits limits, String... dockerfile) {
        ImageBuild build = build(dockerfile);
        return new ImageBuild(
                build.reference(),
                build.context(),
                build.dockerfile(),
                build.args(),
                build.secrets(),
                build.labels(),
                limits);
    }

    @Test
    void buildImage_cpuLimit_holdsForItsSteps() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();

        engine.buildImage(
                limited(
                        new BuildLimits(MINUTE, 0, 250),
                        "FROM " + IMAGE,
                        // of cgroup v2, and of v1
                        "RUN cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us"
                                + " 2>/dev/null || true # "
                                + instance),
                log::add);

        assertThat(log).anyMatch(line -> line.matches("25000( 100000)?"));
    }

    @Test
    void buildImage_stepOverItsMemory_isKilledAndSaysWhatToDo() {
        ImageBuild limited =
                limited(
                        new BuildLimits(MINUTE, 32 << 20, 1000),
                        "FROM " + IMAGE,
                        "RUN head -c 200m /dev/zero | tail -c 150m >/dev/null");

        Stalled failure =
                catchThrowableOfType(Stalled.class, () -> engine.buildImage(limited, _ -> {}));

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure.getMessage().lines().findFirst())
                .hasValueSatisfying(
                        line ->
                                assertThat(line)
                                        .contains(
                                                "more than the 32 MiB of memory", "raise memory"));
    }

    private void assertInterruptible(ImageBuild build, Callable<Boolean> runs) throws Exception {
        CountDownLatch building = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread builder =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        engine.buildImage(
                                                build,
                                                line -> {
                                                    if (line.endsWith("begun")) {
                                                        building.countDown();
                                                    }
                                                });
                                    } catch (Exception e) {
                                        failure.set(e);
                                    }
                                });

        assertThat(building.await(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(MINUTE).until(runs);
        builder.interrupt();

        assertThat(builder.join(Duration.ofSeconds(10))).isTrue();
        assertThat(failure.get())
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.Superseded));
        await().atMost(MINUTE).until(() -> !runs.call());
    }

    /** BuildKit's steps are no containers of the engine; it runs on this machine. */
    private static boolean processRuns(String command) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.anyMatch(process -> commandLine(process).endsWith(command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException _) {
            // it is none, or has ended meanwhile
            return "";
        }
    }

    private InspectContainerResponse inspect(ContainerId id) {
        return byHand.client().inspectContainerCmd(id.text()).exec();
    }

    private boolean somethingRuns(String command) {
        return byHand.client().listContainersCmd().exec().stream()
                .anyMatch(c -> String.valueOf(c.getCommand()).contains(command));
    }

    private static String get(String url) throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (ConnectException e) {
            return "not yet: " + e;
        }
    }
}
