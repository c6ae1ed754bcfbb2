package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.ContainerEngine.EngineEvent;
import dev.berth.reconciler.engine.ContainerEngine.ExecResult;
import dev.berth.reconciler.engine.ContainerEngine.Subscription;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Created;
import dev.berth.reconciler.live.ContainerView.Exited;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Restarting;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.ImageView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.config.VolumeId;
import dev.berth.schemas.status.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ContainerEngine} does. Run against the fake and against real engines, so that
 * the fake can't lie. Needs the image busybox:1 in the engine, and no registry.
 */
abstract class ContainerEngineContract {
    static final String IMAGE = "busybox:1";
    static final Duration MINUTE = Duration.ofMinutes(1);
    static final Duration GRACE = Duration.ofSeconds(1);
    private static final int MANY_FILES = 5000;
    private static final ContainerId GONE = new ContainerId("f".repeat(64));

    /** Of this test alone: a suffix keeps runs on one engine apart. */
    final String instance =
            "it" + Integer.toHexString(new SplittableRandom().nextInt(0x1000000, 0x7fffffff));

    final Specs specs = Specs.of(instance, IMAGE);

    /** The engine, with busybox:1 in it. */
    abstract ContainerEngine engine();

    // Looking

    @Test
    void containers_ofUnknownInstance_isEmpty() throws Exception {
        assertThat(engine().containers(instance)).isEmpty();
        assertThat(engine().networks(instance)).isEmpty();
    }

    @Test
    void containers_ofAnotherInstance_areNotListed() throws Exception {
        create(specs.web("web"));

        assertThat(engine().containers(instance + "x")).isEmpty();
        assertThat(engine().containers(instance)).hasSize(1);
    }

    @Test
    void containers_several_areOrderedByOwnerAndAge() throws Exception {
        create(specs.withApp("zoo").web("z"));
        create(specs.web("b"));
        create(specs.web("a"));

        assertThat(engine().containers(instance))
                .extracting(ContainerView::name)
                .containsExactly(instance + "-b", instance + "-a", instance + "-z");
    }

    @Test
    void container_thatIsGone_isEmpty() throws Exception {
        assertThat(engine().container(GONE)).isEmpty();
    }

    // Making

    @Test
    void createContainer_newSpec_showsAllItWasMadeFrom() throws Exception {
        ContainerSpec spec =
                specs.withEnv("GREETING", "hello \"you\" ${x}")
                        .withPort(8080, false)
                        .withLimits(64L << 20, 500)
                        .withCapabilities(App.Capability.SETUID, App.Capability.CHOWN)
                        .web("web");

        ContainerView view = view(create(spec));

        assertThat(view.name()).isEqualTo(spec.name());
        assertThat(view.owner()).isEqualTo(spec.app());
        assertThat(view.process()).isEqualTo("web");
        assertThat(view.slot()).isEqualTo(1);
        assertThat(view.template()).isEqualTo(spec.template());
        assertThat(view.specHash()).isEqualTo(spec.template().hash().text());
        assertThat(view.release()).isEqualTo("r1");
        assertThat(view.revision()).isEqualTo(spec.revision());
        assertThat(view.state()).isEqualTo(new Created());
        assertThat(view.addresses()).isEmpty();
        assertThat(view.publishedPort()).isNull();
        assertThat(view.actual())
                .isEqualTo(new ContainerView.Actual(64L << 20, 500, "unless-stopped"));
        assertThat(engine().containers(instance)).containsExactly(view);
    }

    @Test
    void createContainer_onceMoreAfterACrash_isTheSame() throws Exception {
        ContainerId first = create(specs.web("web"));
        ContainerId second = create(specs.web("web", "another-revision"));

        assertThat(second).isEqualTo(first);
    }

    @Test
    void createContainer_nameTakenByAnotherSpec_isConflict() throws Exception {
        create(specs.web("web"));

        Stalled failure =
                catchThrowableOfType(
                        Stalled.class, () -> create(specs.withEnv("A", "b").web("web")));

        assertThat(failure.reason()).isEqualTo(ReasonCode.Conflict);
        assertThat(failure).hasMessageContaining(instance + "-web");
    }

    @Test
    void createContainer_nameTakenByOneThatRuns_isConflict() throws Exception {
        run(specs.web("web"));

        assertThatThrownBy(() -> create(specs.web("web")))
                .isInstanceOfSatisfying(
                        Stalled.class, e -> assertThat(e.reason()).isEqualTo(ReasonCode.Conflict));
    }

    @Test
    void createContainer_nameTakenByAnotherInstance_isConflict() throws Exception {
        ContainerSpec theirs = Specs.of(instance + "x", IMAGE).web("web");
        create(theirs);
        ContainerSpec ours = specs.web("web");

        assertConflict(
                () ->
                        create(
                                new ContainerSpec(
                                        theirs.name(),
                                        instance,
                                        ours.app(),
                                        ours.process(),
                                        ours.slot(),
                                        ours.template(),
                                        ours.release(),
                                        ours.revision(),
                                        ours.network(),
                                        ours.aliases())));
    }

    @Test
    void createContainer_ofOneThatDependsOnOthers_isReadBack() throws Exception {
        List<ResourceId> others = List.of(ResourceId.app("db"), ResourceId.app("mail"));
        ContainerSpec plain = specs.web("web");
        ContainerId id =
                create(
                        new ContainerSpec(
                                plain.name(),
                                instance,
                                plain.app(),
                                plain.process(),
                                plain.slot(),
                                plain.template(),
                                plain.release(),
                                plain.revision(),
                                plain.network(),
                                plain.aliases(),
                                others,
                                Collections.emptySortedMap()));

        assertThat(engine().container(id))
                .hasValueSatisfying(view -> assertThat(view.dependsOn()).isEqualTo(others));
    }

    @Test
    void createContainer_imageMissing_stalls() {
        Stalled failure =
                catchThrowableOfType(
                        Stalled.class, () -> create(specs.withImage("berth/nowhere:1").web("web")));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
        assertThat(failure).hasMessageContaining("berth/nowhere:1");
    }

    // Starting

    @Test
    void startContainer_created_runsAndHasAnAddress() throws Exception {
        ContainerView view = run(specs.web("web"));

        assertThat(view.state())
                .isInstanceOfSatisfying(
                        Running.class,
                        running -> {
                            assertThat(running.health()).isEqualTo(Health.NONE);
                            assertThat(running.restarts()).isZero();
                        });
        assertThat(view.addresses()).containsOnlyKeys(specs.network());
        assertThat(view.addresses().get(specs.network())).matches("[0-9]+(\\.[0-9]+){3}");
        assertThat(view.publishedPort()).isNull();
    }

    @Test
    void startContainer_publishing_hasAPortOnTheHost() throws Exception {
        ContainerView view = run(specs.withPort(8080, true).web("web"));

        assertThat(view.publishedPort()).isBetween(1024, 65535);
    }

    @Test
    void startContainer_running_isLeftAlone() throws Exception {
        ContainerView before = run(specs.web("web"));

        engine().startContainer(before.id());

        assertThat(view(before.id())).isEqualTo(before);
    }

    @Test
    void startContainer_stopped_runsAgain() throws Exception {
        ContainerId id = run(specs.web("web")).id();
        engine().stopContainer(id, Duration.ZERO);

        engine().startContainer(id);

        assertThat(view(id).running()).isTrue();
        assertThat(view(id).addresses()).isNotEmpty();
    }

    @Test
    void startContainer_gone_isTransient() {
        Transient failure =
                catchThrowableOfType(Transient.class, () -> engine().startContainer(GONE));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
    }

    @Test
    void startContainer_noSuchCommand_endsWith127() throws Exception {
        ContainerId id = create(specs.withCommand("/no/such/command").web("web"));

        engine().startContainer(id);

        await().atMost(MINUTE).until(() -> restarts(view(id)) > 0);
        assertThat(engine().logTail(id, 1).getFirst()).contains("/no/such/command");
    }

    @Test
    void startContainer_networkGone_isTransient() throws Exception {
        ContainerId id = create(specs.web("web"));
        engine().removeNetwork(specs.network());

        Transient failure =
                catchThrowableOfType(Transient.class, () -> engine().startContainer(id));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
    }

    @Test
    void startContainer_thatExits_isRestartedByTheEngine() throws Exception {
        ContainerId id = create(specs.withShell("echo giving up; exit 3").web("web"));
        engine().startContainer(id);

        await().atMost(MINUTE).until(() -> restarts(view(id)) > 0);
        assertThat(engine().logTail(id, 1)).containsExactly("giving up");
    }

    // Secrets

    @Test
    void putFiles_beforeTheStart_areThere() throws Exception {
        ContainerId id = create(specs.web("web"));

        engine().putFiles(id, files("/run/secrets/a", "one\n", "/run/secrets/tls/b.pem", "two\n"));
        engine().startContainer(id);

        assertThat(engine().exec(id, List.of("cat", "/run/secrets/a"), MINUTE).output().strip())
                .isEqualTo("one");
        assertThat(engine().exec(id, List.of("cat", "/run/secrets/tls/b.pem"), MINUTE).output())
                .startsWith("two");
    }

    @Test
    void putFiles_again_replacesThem() throws Exception {
        ContainerId id = create(specs.web("web"));

        engine().putFiles(id, files("/run/secrets/a", "one"));
        engine().putFiles(id, files("/run/secrets/a", "two"));
        engine().startContainer(id);

        assertThat(engine().exec(id, List.of("cat", "/run/secrets/a"), MINUTE).output())
                .startsWith("two");
    }

    @Test
    void putFiles_containerStoppedAndStarted_areStillThere() throws Exception {
        ContainerId id = create(specs.web("web"));
        engine().putFiles(id, files("/run/secrets/a", "one"));
        engine().startContainer(id);
        engine().stopContainer(id, Duration.ZERO);

        engine().startContainer(id);

        assertThat(engine().exec(id, List.of("cat", "/run/secrets/a"), MINUTE).output())
                .startsWith("one");
    }

    @Test
    void putFiles_gone_isTransientAndQuotesNothing() {
        Transient failure =
                catchThrowableOfType(
                        Transient.class,
                        () -> engine().putFiles(GONE, files("/run/secrets/a", "t0psecret")));

        assertThat(failure.reason()).isEqualTo(ReasonCode.StartFailed);
        assertThat(failure).hasMessageNotContaining("t0psecret");
    }

    @Test
    void createContainer_secretVariables_areInTheEnvironmentAndInNoLabel() throws Exception {
        ContainerSpec plain = specs.web("web");
        ContainerId id =
                create(
                        new ContainerSpec(
                                plain.name(),
                                instance,
                                plain.app(),
                                plain.process(),
                                plain.slot(),
                                plain.template(),
                                plain.release(),
                                plain.revision(),
                                plain.network(),
                                plain.aliases(),
                                List.of(),
                                files("TOKEN", "t0psecret")));
        engine().startContainer(id);

        assertThat(engine().exec(id, List.of("sh", "-c", "echo $TOKEN"), MINUTE).output().strip())
                .isEqualTo("t0psecret");
        assertThat(view(id).toString()).doesNotContain("t0psecret");
    }

    private static SortedMap<String, Secret> files(String... pathsAndContents) {
        SortedMap<String, Secret> files = new TreeMap<>();
        for (int i = 0; i < pathsAndContents.length; i += 2) {
            files.put(pathsAndContents[i], Secret.of(pathsAndContents[i + 1]));
        }
        return files;
    }

    // Stopping and removing

    @Test
    void stopContainer_running_endsItForGood() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        engine().stopContainer(id, GRACE);

        ContainerView view = view(id);
        assertThat(view.state())
                .isInstanceOfSatisfying(
                        Exited.class, exited -> assertThat(exited.outOfMemory()).isFalse());
        assertThat(view.addresses()).isEmpty();
    }

    @Test
    void stopContainer_notRunningOrGone_isFine() throws Exception {
        ContainerId id = create(specs.web("web"));

        engine().stopContainer(id, GRACE);
        engine().stopContainer(GONE, GRACE);

        assertThat(view(id).running()).isFalse();
    }

    @Test
    void removeContainer_running_isGone() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        engine().removeContainer(id);
        engine().removeContainer(id);

        assertThat(engine().container(id)).isEmpty();
        assertThat(engine().containers(instance)).isEmpty();
    }

    // Files

    @Test
    void readFiles_ofOneThatNeverStarted_areAllThere() throws Exception {
        ContainerId id = ofImageWith(manyFiles("scratch"), List.of("/never-run"));

        assertManyFiles(readFiles(id, "/site"));

        assertThat(runView(id).state()).isEqualTo(new Created());
    }

    @Test
    void buildImage_dockerfileOfBerth_leavesNothingOfItInTheImage() throws Exception {
        Map<String, String> context = Map.of("a.txt", "a", "b/c.txt", "c");
        ContainerId id =
                containerOf(
                        context,
                        new ImageBuild.Dockerfile(
                                ".berth.Dockerfile", "FROM scratch\nCOPY . /site\n", true));

        assertThat(readFiles(id, "/site")).isEqualTo(context);
    }

    @Test
    void readFiles_ofOneThatRunsAndThenHasStopped_areAllThere() throws Exception {
        ContainerId id = ofImageWith(manyFiles(IMAGE), List.of("sleep", "3600"));
        engine().startContainer(id);

        assertManyFiles(readFiles(id, "/site"));

        engine().stopContainer(id, GRACE);
        assertThat(runView(id).state()).isInstanceOf(Exited.class);
        assertManyFiles(readFiles(id, "/site"));
    }

    /** The context of an image with as many as real projects have. */
    private static Map<String, String> manyFiles(String base) {
        Map<String, String> context = new TreeMap<>();
        for (int i = 0; i < MANY_FILES; i++) {
            context.put("a/%d/file-%d.txt".formatted(i % 7, i), "content " + i);
        }
        context.put("own.Dockerfile", "FROM %s\nCOPY . /site\n".formatted(base));
        context.put(".dockerignore", "own.Dockerfile\n.dockerignore\n");
        return context;
    }

    private static void assertManyFiles(Map<String, String> read) {
        assertThat(read)
                .hasSize(MANY_FILES)
                .containsEntry("a/0/file-0.txt", "content 0")
                .containsEntry("a/1/file-4999.txt", "content 4999");
    }

    @Test
    void readFiles_noSuchDirectory_stalls() throws Exception {
        ContainerId id =
                ofImageWith(
                        Map.of("own.Dockerfile", "FROM scratch\nCOPY . /site\n"),
                        List.of("/never-run"));

        assertThatThrownBy(() -> readFiles(id, "/elsewhere"))
                .isInstanceOfSatisfying(
                        Stalled.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed));
    }

    @Test
    void readFiles_gone_isTransient() {
        assertThatThrownBy(() -> readFiles(GONE, "/site"))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.BuildFailed));
    }

    /** A container of an image with nothing in it but files. */
    private ContainerId ofImageWith(Map<String, String> context, List<String> command)
            throws ReconcileException {
        String dockerfile = context.getOrDefault("own.Dockerfile", "");
        return containerOf(
                context, new ImageBuild.Dockerfile("own.Dockerfile", dockerfile), command);
    }

    ContainerId containerOf(Map<String, String> context, ImageBuild.Dockerfile dockerfile)
            throws ReconcileException {
        return containerOf(context, dockerfile, List.of("/never-run"));
    }

    private ContainerId containerOf(
            Map<String, String> context, ImageBuild.Dockerfile dockerfile, List<String> command)
            throws ReconcileException {
        engine().buildImage(
                        new ImageBuild(
                                reference(),
                                Contexts.files(context),
                                dockerfile,
                                new TreeMap<>(),
                                Map.of("dev.berth.instance", instance),
                                MINUTE),
                        _ -> {});
        ContainerSpec web = specs.web("files");
        return engine().createRun(
                        new RunSpec(
                                web.name(),
                                instance,
                                web.app(),
                                RunView.Role.RELEASE,
                                "r1",
                                new ContainerTemplate.Draft(reference()).command(command).make(),
                                web.revision(),
                                "none",
                                Collections.emptySortedMap()));
    }

    Map<String, String> readFiles(ContainerId id, String directory)
            throws ReconcileException, IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        engine().readFiles(id, directory, MINUTE, tar);
        Map<String, String> files = new TreeMap<>();
        try (TarArchiveInputStream in =
                new TarArchiveInputStream(new ByteArrayInputStream(tar.toByteArray()))) {
            for (TarArchiveEntry entry = in.getNextEntry();
                    entry != null;
                    entry = in.getNextEntry()) {
                if (entry.isFile()) {
                    files.put(
                            entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return files;
    }

    // Runs

    @Test
    void createRun_started_runsOnceAndShowsHowItEnded() throws Exception {
        RunSpec spec = runSpec(specs.withShell("echo hello; exit 3"), "r1");
        ContainerId id = createRun(spec);

        assertThat(runView(id).state()).isEqualTo(new Created());
        assertThat(runView(id).endedAt()).isNull();
        engine().startContainer(id);
        RunView ended =
                await().atMost(MINUTE)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> runView(id), RunView::ended);

        assertThat(ended.state()).isEqualTo(new Exited(3, false));
        assertThat(ended.succeeded()).isFalse();
        assertThat(ended.endedAt()).isNotNull();
        assertThat(ended.name()).isEqualTo(spec.name());
        assertThat(ended.owner()).isEqualTo(spec.owner());
        assertThat(ended.role()).isEqualTo(RunView.Role.RELEASE);
        assertThat(ended.template()).isEqualTo(spec.template());
        assertThat(ended.is("r1", spec.template())).isTrue();
        assertThat(engine().logTail(id, 5)).containsExactly("hello");
        assertThat(engine().runs(instance)).containsExactly(ended);
    }

    @Test
    void createRun_ofEachRole_isReadAsThat() throws Exception {
        for (RunView.Role role : RunView.Role.values()) {
            RunSpec spec = runSpec(specs, role.word(), role);

            RunView run = runView(createRun(spec));

            assertThat(run.role()).isEqualTo(role);
            assertThat(run.run()).isEqualTo(role.word());
        }
        assertThat(engine().runs(instance))
                .extracting(RunView::role)
                .containsExactly(RunView.Role.values());
    }

    @Test
    void createRun_besideContainers_isNotOneOfThem() throws Exception {
        ContainerView container = view(create(specs.web("web")));
        RunView run = runView(createRun(runSpec(specs, "r1")));

        assertThat(engine().containers(instance)).containsExactly(container);
        assertThat(engine().runs(instance)).containsExactly(run);
        assertThat(engine().container(run.id())).isEmpty();
        assertThat(engine().run(container.id())).isEmpty();
        assertThat(engine().runs(instance + "x")).isEmpty();
    }

    @Test
    void createRun_onceMoreAfterACrash_isTheSame() throws Exception {
        ContainerId first = createRun(runSpec(specs, "r1"));

        assertThat(createRun(runSpec(specs, "r1"))).isEqualTo(first);
    }

    @Test
    void createRun_nameTakenByOneThatRan_isConflict() throws Exception {
        RunSpec spec = runSpec(specs.withShell("exit 0"), "r1");
        ContainerId id = createRun(spec);
        engine().startContainer(id);
        await().atMost(MINUTE).until(() -> runView(id).succeeded());

        assertConflict(() -> createRun(spec));
    }

    @Test
    void stopContainer_run_hasEnded() throws Exception {
        ContainerId id = createRun(runSpec(specs, "r1"));
        engine().startContainer(id);
        assertThat(runView(id).running()).isTrue();

        engine().stopContainer(id, GRACE);
        assertThat(runView(id).ended()).isTrue();
        engine().removeContainer(id);

        assertThat(engine().run(id)).isEmpty();
    }

    private RunSpec runSpec(Specs of, String run) {
        return runSpec(of, run, RunView.Role.RELEASE);
    }

    private RunSpec runSpec(Specs of, String run, RunView.Role role) {
        ContainerSpec web = of.web("run-" + run);
        return new RunSpec(
                web.name(),
                instance,
                web.app(),
                role,
                run,
                web.template(),
                web.revision(),
                web.network(),
                Collections.emptySortedMap());
    }

    private ContainerId createRun(RunSpec spec) throws ReconcileException {
        engine().ensureNetwork(instance, spec.owner(), spec.network());
        return engine().createRun(spec);
    }

    private RunView runView(ContainerId id) throws ReconcileException {
        return engine().run(id).orElseThrow();
    }

    // Networks and volumes

    @Test
    void ensureNetwork_twice_isOneAndListed() throws Exception {
        engine().ensureNetwork(instance, specs.app(), specs.network());
        engine().ensureNetwork(instance, specs.app(), specs.network());

        assertThat(engine().networks(instance))
                .containsExactlyEntriesOf(Map.of(specs.app(), specs.network()));
    }

    @Test
    void ensureNetwork_byManyAtOnce_isOneThatContainersCanUse() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> ask =
                    () -> {
                        engine().ensureNetwork(instance, specs.app(), specs.network());
                        return true;
                    };
            for (Future<Boolean> answer : threads.invokeAll(Collections.nCopies(8, ask))) {
                assertThat(answer.get()).isTrue();
            }
        }

        assertThat(run(specs.web("web")).running()).isTrue();
    }

    @Test
    void ensureNetwork_ofAnotherApp_isConflict() throws Exception {
        engine().ensureNetwork(instance, specs.app(), specs.network());

        assertConflict(
                () -> engine().ensureNetwork(instance, ResourceId.app("x"), specs.network()));
        assertConflict(() -> engine().ensureNetwork(instance + "x", specs.app(), specs.network()));
    }

    @Test
    void volumes_ofTheInstance_areThoseThatBerthNamed() throws Exception {
        String name = ObjectNames.volume(instance, specs.app(), "data");
        engine().ensureVolume(instance, specs.app(), name);
        engine().ensureVolume(instance, specs.app(), instance + "-other");

        assertThat(engine().volumes(instance))
                .containsExactly(new VolumeView(name, new VolumeId(specs.app(), "data")));
        assertThat(engine().volumes(instance + "x")).isEmpty();
    }

    @Test
    void removeVolume_usedAndThenNot_isRefusedAndThenGone() throws Exception {
        String name = ObjectNames.volume(instance, specs.app(), "data");
        engine().ensureVolume(instance, specs.app(), name);
        ContainerId user = create(specs.withMount("/data", name).web("web"));

        assertThatThrownBy(() -> engine().removeVolume(name))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.PruneFailed));
        engine().removeContainer(user);
        engine().removeVolume(name);
        engine().removeVolume(name);

        assertThat(engine().volumes(instance)).isEmpty();
    }

    // Who writes

    @Test
    void stampEpoch_ofANumberThatIsTaken_isTheOneThatStands() throws Exception {
        assertThat(engine().epochs(instance)).isEmpty();

        assertThat(engine().stampEpoch(instance, new Epoch(7, "ann")))
                .isEqualTo(new Epoch(7, "ann"));
        assertThat(engine().stampEpoch(instance, new Epoch(7, "bob")))
                .isEqualTo(new Epoch(7, "ann"));
        assertThat(engine().stampEpoch(instance, new Epoch(8, "bob")))
                .isEqualTo(new Epoch(8, "bob"));

        assertThat(engine().epochs(instance))
                .containsExactlyInAnyOrder(new Epoch(7, "ann"), new Epoch(8, "bob"));
    }

    @Test
    void epochs_areOfTheirInstanceAndNoVolumesOfApps() throws Exception {
        engine().stampEpoch(instance, new Epoch(1, "ann"));

        assertThat(engine().epochs(instance + "x")).isEmpty();
        assertThat(engine().volumes(instance)).isEmpty();
    }

    @Test
    void removeEpoch_thereOrGone_isGone() throws Exception {
        engine().stampEpoch(instance, new Epoch(1, "ann"));

        engine().removeEpoch(instance, 1);
        engine().removeEpoch(instance, 1);

        assertThat(engine().epochs(instance)).isEmpty();
    }

    @Test
    void ensureVolume_ofAnotherApp_isConflict() throws Exception {
        engine().ensureVolume(instance, specs.app(), instance + "-data");
        engine().ensureVolume(instance, specs.app(), instance + "-data");

        assertConflict(
                () -> engine().ensureVolume(instance, ResourceId.app("x"), instance + "-data"));
    }

    @Test
    void removeNetwork_inUse_isTransient() throws Exception {
        run(specs.web("web"));

        Transient failure =
                catchThrowableOfType(
                        Transient.class, () -> engine().removeNetwork(specs.network()));

        assertThat(failure.reason()).isEqualTo(ReasonCode.PruneFailed);
        assertThat(engine().networks(instance)).containsValue(specs.network());
    }

    @Test
    void removeNetwork_unusedOrGone_isGone() throws Exception {
        engine().ensureNetwork(instance, specs.app(), specs.network());

        engine().removeNetwork(specs.network());
        engine().removeNetwork(specs.network());

        assertThat(engine().networks(instance)).isEmpty();
    }

    // Output and commands

    @Test
    void logTail_ofBothStreams_isTheLastLines() throws Exception {
        ContainerId id =
                run(specs.withShell("echo warning >&2; echo one; echo two; echo three; sleep 3600")
                                .web("web"))
                        .id();

        await().atMost(MINUTE).until(() -> engine().logTail(id, 10).size() == 4);
        List<String> log = engine().logTail(id, 10);
        assertThat(log).contains("warning").containsSubsequence("one", "two", "three");
        assertThat(engine().logTail(id, 2)).isEqualTo(log.subList(2, 4));
    }

    @Test
    void logTail_gone_isEmpty() throws Exception {
        assertThat(engine().logTail(GONE, 10)).isEmpty();
    }

    @Test
    void exec_inRunning_tellsCodeAndOutput() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        ExecResult result = engine().exec(id, List.of("sh", "-c", "echo ready; exit 7"), MINUTE);

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.output().strip()).isEqualTo("ready");
    }

    @Test
    void exec_noSuchCommand_isNotFound() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        assertThat(engine().exec(id, List.of("/no/such/command"), MINUTE).exitCode())
                .isIn(126, 127);
    }

    @Test
    void exec_notRunning_isTransient() throws Exception {
        ContainerId id = create(specs.web("web"));

        Transient failure =
                catchThrowableOfType(
                        Transient.class, () -> engine().exec(id, List.of("true"), MINUTE));

        assertThat(failure.reason()).isEqualTo(ReasonCode.HealthCheckFailed);
    }

    @Test
    void exec_overItsTime_isTransient() throws Exception {
        ContainerId id = run(specs.web("web")).id();

        Transient failure =
                catchThrowableOfType(
                        Transient.class,
                        () -> engine().exec(id, List.of("sleep", "60"), Duration.ofMillis(300)));

        assertThat(failure.reason()).isEqualTo(ReasonCode.HealthCheckFailed);
    }

    // Images

    @Test
    void hasImage_thereOrNot_tells() throws Exception {
        assertThat(engine().hasImage(IMAGE)).isTrue();
        assertThat(engine().hasImage("berth/nowhere:1")).isFalse();
    }

    @Test
    void pullImage_thatDoesNotExist_fails() {
        ReconcileException failure =
                catchThrowableOfType(
                        ReconcileException.class,
                        () -> engine().pullImage("berth.invalid/nowhere:1", MINUTE));

        assertThat(failure.reason()).isEqualTo(ReasonCode.PullFailed);
        assertThat(failure).hasMessageContaining("berth.invalid/nowhere:1");
    }

    @Test
    void buildImage_goodContext_isTaggedAndItsOutputTold() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();

        engine().buildImage(build("FROM " + IMAGE, "RUN echo built well"), log::add);

        assertThat(engine().hasImage(reference())).isTrue();
        assertThat(log).contains("built well").noneMatch(line -> line.endsWith("\n"));
    }

    @Test
    void buildImage_failingStep_stallsWithTheLastLines() throws Exception {
        Stalled failure =
                buildFailure("FROM " + IMAGE, "RUN echo compiling; echo it is broken; exit 3");

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure)
                .hasMessageContaining(reference())
                .hasMessageContaining("it is broken")
                .hasMessageContaining("code: 3");
        assertThat(engine().hasImage(reference())).isFalse();
    }

    @Test
    void buildImage_cacheMount_isKeptForTheNextBuild() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        String mount = "RUN --mount=type=cache,id=" + instance + ",target=/cache ";

        engine().buildImage(build("FROM " + IMAGE, mount + "echo kept > /cache/x"), _ -> {});
        engine().buildImage(build("FROM " + IMAGE, mount + "cat /cache/x"), log::add);

        assertThat(engine().hasImage(reference())).isTrue();
        assertThat(log).anyMatch(line -> line.matches("(#\\d+ \\d+\\.\\d+ )?kept"));
    }

    @Test
    void buildImage_failingStepThatNeedsBuildKit_stallsWithItsLastLines() throws Exception {
        Stalled failure =
                buildFailure(
                        "FROM " + IMAGE,
                        "RUN --mount=type=cache,target=/cache echo it is broken; exit 3");

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure)
                .hasMessageContaining(reference())
                .hasMessageContaining("it is broken")
                .hasMessageContaining("code: 3");
        assertThat(engine().hasImage(reference())).isFalse();
    }

    @Test
    void buildImage_secret_isThereForStepsAndNotTold() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();

        engine().buildImage(
                        withSecrets(
                                Map.of("TOKEN", Secret.of("s3cret-of-the-build")),
                                "FROM " + IMAGE,
                                // of this run alone: a step that is cached tells nothing
                                "RUN --mount=type=secret,id=TOKEN,required=true echo "
                                        + instance
                                        + "; cat /run/secrets/TOKEN"),
                        log::add);

        assertThat(log)
                .anyMatch(line -> line.endsWith("***"))
                .noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void buildImage_secretThatIsNotGiven_stallsAndNamesIt() {
        Stalled failure =
                catchThrowableOfType(
                        Stalled.class,
                        () ->
                                engine().buildImage(
                                                withSecrets(
                                                        Map.of("OTHER", Secret.of("other-s3cret")),
                                                        "FROM " + IMAGE,
                                                        "RUN --mount=type=secret,id=TOKEN,required=true true"),
                                                _ -> {}));

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure).hasMessageContaining("TOKEN").hasMessageNotContaining("s3cret");
    }

    ImageBuild withSecrets(Map<String, Secret> secrets, String... dockerfile) {
        ImageBuild build = build(dockerfile);
        return new ImageBuild(
                build.reference(),
                build.context(),
                build.dockerfile(),
                build.args(),
                new TreeMap<>(secrets),
                build.labels(),
                build.limits());
    }

    @Test
    void buildImage_wrongDockerfile_stalls() {
        assertThat(buildFailure("FORM " + IMAGE).reason()).isEqualTo(ReasonCode.BuildFailed);
    }

    @Test
    void buildImage_noDockerfile_stalls() {
        ImageBuild build =
                new ImageBuild(
                        reference(),
                        Contexts.files(Map.of("README", "nothing to see")),
                        new ImageBuild.Dockerfile("Dockerfile", ""),
                        new TreeMap<>(),
                        Map.of(),
                        MINUTE);

        Stalled failure =
                catchThrowableOfType(Stalled.class, () -> engine().buildImage(build, _ -> {}));

        assertThat(failure.reason()).isEqualTo(ReasonCode.BuildFailed);
        assertThat(failure).hasMessageContaining("Dockerfile");
    }

    @Test
    void buildImage_contextFails_isItsFailure() {
        Transient broken = new Transient(ReasonCode.SourceUnavailable, "the tree is gone");
        ImageBuild build =
                new ImageBuild(
                        reference(),
                        _ -> {
                            throw broken;
                        },
                        new ImageBuild.Dockerfile("Dockerfile", ""),
                        new TreeMap<>(),
                        Map.of(),
                        MINUTE);

        assertThatThrownBy(() -> engine().buildImage(build, _ -> {})).isSameAs(broken);
    }

    // What is on the disk

    @Test
    void images_builtAndThenUsed_areListedWithWhoBuiltThem() throws Exception {
        engine().buildImage(build("FROM " + IMAGE, "RUN echo one of " + instance), _ -> {});
        String id = engine().imageId(reference()).orElseThrow();

        ImageView idle = image(id);
        assertThat(idle.names()).containsExactly(reference());
        assertThat(idle.builtBy()).isEqualTo(instance);
        assertThat(idle.inUse()).isFalse();
        assertThat(idle.bytes()).isPositive();

        create(Specs.of(instance, reference()).web("web"));

        assertThat(image(id).inUse()).isTrue();
    }

    @Test
    void images_ofAppsOfOtherBerths_haveNeighbours() throws Exception {
        create(Specs.of(instance + "x", IMAGE).withApp("neighbour" + instance).web("web"));
        create(specs.withApp("own" + instance).web("web"));

        assertThat(engine().images(instance).neighbours())
                .contains(ResourceId.app("neighbour" + instance))
                .doesNotContain(ResourceId.app("own" + instance));
    }

    @Test
    void imageId_sameImageInOtherWords_isTheSame() throws Exception {
        assertThat(engine().imageId("docker.io/library/" + IMAGE))
                .isPresent()
                .isEqualTo(engine().imageId(IMAGE));
        assertThat(engine().imageId("berth/nowhere:1")).isEmpty();
    }

    @Test
    void removeImage_unusedOrGone_isGone() throws Exception {
        engine().buildImage(build("FROM " + IMAGE, "RUN echo two of " + instance), _ -> {});

        engine().removeImage(reference());
        engine().removeImage(reference());

        assertThat(engine().hasImage(reference())).isFalse();
        assertThat(engine().hasImage(IMAGE)).isTrue();
    }

    @Test
    void removeImage_ofAContainerThatDoesNotRun_isRefused() throws Exception {
        engine().buildImage(build("FROM " + IMAGE, "RUN echo three of " + instance), _ -> {});
        create(Specs.of(instance, reference()).web("web"));

        Transient failure =
                catchThrowableOfType(Transient.class, () -> engine().removeImage(reference()));

        assertThat(failure.reason()).isEqualTo(ReasonCode.PruneFailed);
        assertThat(engine().hasImage(reference())).isTrue();
    }

    @Test
    void pruneBuildCache_thatNobodyUsedForYears_isNone() throws Exception {
        engine().buildImage(build("FROM " + IMAGE, "RUN echo four of " + instance), _ -> {});

        assertThat(engine().pruneBuildCache(Duration.ofDays(3650))).isZero();
    }

    @Test
    void disk_ofAnEngineOnThisMachine_isSeen() throws Exception {
        DiskUse disk = engine().disk().orElseThrow();

        assertThat(disk.directory()).startsWith("/");
        assertThat(disk.percent()).isBetween(0.0, 100.0);
    }

    private ImageView image(String id) throws ReconcileException {
        return engine().images(instance).images().stream()
                .filter(image -> image.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    // Containers of others

    /** As a person starts one with the engine's own tools. */
    abstract void runByHand(String name);

    @Test
    void foreign_containerOfNobody_isSeenByItsNameAndStopped() throws Exception {
        String name = instance + "-legacy";
        runByHand(name);

        assertThat(engine().containers(instance)).isEmpty();
        ForeignContainer seen = engine().foreign(Set.of(name, instance + "-nobody")).getFirst();
        assertThat(engine().foreign(Set.of(name, instance + "-nobody"))).hasSize(1);
        assertThat(seen)
                .returns(name, ForeignContainer::name)
                .returns(true, ForeignContainer::running)
                .returns(null, ForeignContainer::instance);

        engine().stopContainer(seen.id(), Duration.ZERO);

        assertThat(engine().foreign(Set.of(name)))
                .singleElement()
                .returns(false, ForeignContainer::running)
                .returns(seen.id(), ForeignContainer::id);
        engine().removeContainer(seen.id());
        assertThat(engine().foreign(Set.of(name))).isEmpty();
    }

    @Test
    void foreign_containerOfABerth_tellsWhose() throws Exception {
        ContainerView ours = run(specs.web("web"));

        assertThat(engine().foreign(Set.of(ours.name())))
                .singleElement()
                .returns(instance, ForeignContainer::instance);
        // An engine finds ids as it finds names.
        assertThat(engine().foreign(Set.of(ours.id().text()))).isEmpty();
    }

    // Events

    @Test
    void events_ofTheInstance_areToldUntilClosed() throws Exception {
        List<EngineEvent> told = new CopyOnWriteArrayList<>();
        AtomicInteger ended = new AtomicInteger();
        ContainerId stranger = create(Specs.of(instance + "x", IMAGE).web("web"));
        ContainerId id = run(specs.web("web")).id();
        Subscription subscription = engine().events(instance, told::add, ended::incrementAndGet);

        engine().removeContainer(stranger);
        engine().stopContainer(id, Duration.ZERO);
        engine().removeContainer(id);

        await().atMost(MINUTE)
                .until(() -> told.contains(new EngineEvent(specs.app(), id, "destroy")));
        assertThat(told)
                .contains(new EngineEvent(specs.app(), id, "die"))
                .allMatch(event -> event.container().equals(id));
        subscription.close();
        subscription.close();
        assertThat(ended).hasValue(0);
    }

    // Callers

    @Test
    void anyCall_interrupted_isSuperseded() {
        Thread.currentThread().interrupt();

        Transient failure =
                catchThrowableOfType(Transient.class, () -> engine().containers(instance));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.reason()).isEqualTo(ReasonCode.Superseded);
    }

    // Private

    /** Makes the container and the network that it needs. */
    ContainerId create(ContainerSpec spec) throws ReconcileException {
        engine().ensureNetwork(spec.instance(), spec.app(), spec.network());
        return engine().createContainer(spec);
    }

    ContainerView run(ContainerSpec spec) throws ReconcileException {
        ContainerId id = create(spec);
        engine().startContainer(id);
        return view(id);
    }

    ContainerView view(ContainerId id) throws ReconcileException {
        return engine().container(id).orElseThrow();
    }

    String reference() {
        return "berth/" + instance + ":1";
    }

    ImageBuild build(String... dockerfile) {
        return Contexts.build(
                reference(),
                Map.of(Labels.INSTANCE, instance, Labels.BUILT_BY, instance),
                MINUTE,
                dockerfile);
    }

    private Stalled buildFailure(String... dockerfile) {
        return catchThrowableOfType(
                Stalled.class, () -> engine().buildImage(build(dockerfile), _ -> {}));
    }

    private static int restarts(ContainerView view) {
        return switch (view.state()) {
            case Running running -> running.restarts();
            case Restarting restarting -> restarting.restarts();
            case Created _, Exited _, ContainerView.Stopping _, ContainerView.Paused _ -> 0;
        };
    }

    private static void assertConflict(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Stalled.class, e -> assertThat(e.reason()).isEqualTo(ReasonCode.Conflict));
    }
}
