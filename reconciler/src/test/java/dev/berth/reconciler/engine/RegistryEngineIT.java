package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.build.ImageBuilder;
import dev.berth.reconciler.build.OneDockerfile;
import dev.berth.reconciler.build.PushingInstance;
import dev.berth.reconciler.build.Registries;
import dev.berth.reconciler.build.queue.BuildQueue;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Docker engine and Debian's registry, which wants a login. */
final class RegistryEngineIT extends RegistryContract {
    private static RealRegistry registry;

    private final DockerEngine engine =
            new DockerEngine(RealEngine.dockerHost(), null, logins(), InstantSource.system());

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        registry = RealRegistry.start(directory);
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Override
    void close() {
        engine.close();
    }

    @Override
    ContainerEngine engine() {
        return engine;
    }

    @Override
    String host() {
        return registry.host();
    }

    /** In the registry, and not in the engine. */
    private String privateBase(String name) throws ReconcileException {
        logIn();
        String base = tagged(name);
        engine.pushImage(base, LONG, _ -> {});
        take(base);
        return base;
    }

    private ImageBuild build(String name, String... lines) {
        made.add(name);
        return Contexts.build(name, Map.of(), LONG, lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RUN true", "RUN --mount=type=tmpfs,target=/t true"})
    void buildImage_privateBases_needTheRightLogin(String step) throws Exception {
        String first = privateBase("first-" + step.length());
        String last = privateBase("last-" + step.length());
        String[] lines = {
            "FROM " + first + " AS build",
            "RUN echo made >/made",
            "FROM " + last,
            "COPY --from=build /made /made",
            step
        };
        ImageBuild build = build("berth/reg-it:base" + step.length(), lines);

        logInAs("eve", "a-wrong-word");
        assertThatThrownBy(() -> engine.buildImage(build, _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining(first)
                .hasMessageContaining(host() + " was asked as eve")
                .hasMessageNotContaining("a-wrong-word")
                .extracting(failure -> ((Stalled) failure).reason())
                .isEqualTo(ReasonCode.BuildFailed);
        logOut();
        assertThatThrownBy(() -> engine.buildImage(build, _ -> {}))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining(host() + " was asked without a login");
        logIn();
        engine.buildImage(build, _ -> {});

        assertThat(engine.hasImage(build.reference())).isTrue();
    }

    /** Of what Berth writes itself: what a name means may have changed by the next step. */
    @ParameterizedTest
    @ValueSource(strings = {"RUN true", "RUN --mount=type=cache,target=/c true"})
    void buildImage_dockerfileOfBerth_takesItsBaseByDigest(String step) throws Exception {
        String base = privateBase("pinned-" + step.length());
        logIn();
        engine.pullImage(base, LONG);
        ImageBuild plain = build("berth/reg-it:pin" + step.length(), "FROM scratch");
        List<String> log = new CopyOnWriteArrayList<>();

        engine.buildImage(
                new ImageBuild(
                        plain.reference(),
                        Contexts.files(Map.of("a.txt", "a")),
                        new ImageBuild.Dockerfile(
                                ".berth", "FROM %s\n%s\n".formatted(base, step), true),
                        new TreeMap<>(),
                        Map.of(),
                        LONG),
                log::add);

        assertThat(log).anyMatch(line -> line.contains("FROM " + base + "@sha256:"));
    }

    // What is built

    private final Vault vault = Vault.ofThisProcess(InstantSource.system());
    private final Registries registries = new Registries(vault);

    private void declare() throws Exception {
        vault.hold(
                new TreeMap<>(
                        Map.of(
                                new SecretRef("registry", "password"),
                                Secret.of(RealRegistry.PASSWORD))));
        registries.follow(
                PushingInstance.to(
                        host() + "/team",
                        new Instance.Registry(
                                host(), USER, new EnvValue.FromSecret("registry.password"))));
    }

    private ImageBuilder builder(DockerEngine with, BuildQueue queue) {
        Clockwork clock = Clockwork.system();
        return new ImageBuilder(
                with,
                new OneDockerfile("FROM busybox:1\nRUN echo shop >/shop\n"),
                vault,
                registries,
                queue,
                ImageShelf.untouched(),
                clock);
    }

    @Test
    void provide_builtAndGone_isBroughtBackByItsDigestWithoutABuild() throws Exception {
        declare();
        String reference = "berth/reg-it:0123456789ab";
        String shared = host() + "/team/reg-it:0123456789ab";
        made.addAll(List.of(reference, shared));
        BuildQueue queue = Queues.ofNobody(Clockwork.system());
        try (DockerEngine declared =
                new DockerEngine(
                        RealEngine.dockerHost(), null, registries, InstantSource.system())) {
            ImageBuilder builder = builder(declared, queue);
            registry.stop();
            assertThatThrownBy(() -> builder.provide(OneDockerfile.image(reference)))
                    .isInstanceOf(Transient.class);
            assertThat(engine.hasImage(reference)).as("not pushed, not there").isFalse();
            registry.goOn();
            builder.provide(OneDockerfile.image(reference));
            Build build = queue.book().underway().getFirst();
            String id = engine.imageId(reference).orElseThrow();

            take(reference);
            take(shared);
            assertThat(engine.imageId(id)).as("gone").isEmpty();
            builder.provide(ImageSource.again(reference));

            assertThat(engine.imageId(reference)).contains(id);
            assertThat(engine.imageId(shared)).contains(id);
            assertThat(build.pushed()).startsWith(host() + "/team/reg-it@sha256:");
            assertThat(queue.book().underway()).containsExactly(build);
            assertThat(phases(build))
                    .containsExactly(
                            Build.Phase.Queued,
                            Build.Phase.Fetching,
                            Build.Phase.Detecting,
                            Build.Phase.Building,
                            Build.Phase.Pushing,
                            Build.Phase.Queued, // tried again
                            Build.Phase.Queued,
                            Build.Phase.Pushing,
                            Build.Phase.Releasing);
        }
    }

    private static List<Build.Phase> phases(Build build) {
        return new ArrayList<>(build.steps().stream().map(Build.Step::phase).toList());
    }
}
