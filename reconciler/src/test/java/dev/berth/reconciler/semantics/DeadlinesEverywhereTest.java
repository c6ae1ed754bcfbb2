package dev.berth.reconciler.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.desired.LastGood;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.Contexts;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.secret.Sealing;
import dev.berth.reconciler.semantics.Controls.Control;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ResourceStatus;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Semantic 12: whatever does not answer, the loop goes on, and so does the app once it does. */
final class DeadlinesEverywhereTest {
    private static final String SHOP =
            "{image: 'shop:%d', port: 80, healthcheck: {command: [\"true\"]}}";

    private final Controls controls = new Controls(11);

    @TempDir Path sites = Path.of("");

    private Control settled() {
        controls.sitesAt = sites;
        controls.engine.withImages("shop:1");
        controls.engine.withRegistryImage("shop:2", new ImageBehaviour.Runs());
        controls.commit(SHOP.formatted(1));
        Control control = controls.start("ann");
        controls.time.pass(Duration.ofMinutes(2));
        return control;
    }

    private static ResourceStatus status(Control control, Kind kind) {
        PassReport report = Objects.requireNonNull(control.newest, "no pass");
        return report.resources().stream()
                .filter(resource -> resource.id().kind() == kind)
                .filter(resource -> !resource.id().name().equals("blog"))
                .findFirst()
                .orElseThrow();
    }

    private static Condition.@Nullable Status is(Control control, Kind kind, ConditionType type) {
        Condition condition = status(control, kind).condition(type);
        return condition == null ? null : condition.status();
    }

    /** What makes control call the engine, by the calls that it makes then and not before. */
    enum Scene {
        ROLLOUT(
                "containers",
                "networks",
                "volumes",
                "runs",
                "epochs",
                "container",
                "hasImage",
                "pullImage",
                "ensureNetwork",
                "createContainer",
                "startContainer",
                "exec",
                "stopContainer",
                "removeContainer"),
        FAILURE("logTail") {
            @Override
            void begins(Controls controls) {
                controls.engine.withImage("shop:0", new ImageBehaviour.Exits(3, List.of("oh")));
                controls.commit(SHOP.formatted(0));
            }
        },
        BUILD("buildImage") {
            @Override
            void before(Controls controls) {
                controls.files.put("web/Dockerfile", "FROM shop:1\n");
            }

            @Override
            void begins(Controls controls) {
                controls.commit("{source: {path: web}, port: 80}");
            }
        },
        PUSH("pushImage", "tagImage") {
            @Override
            void before(Controls controls) {
                controls.settings = "{builds: {registry: registry.example.com/team}}";
                controls.files.put("web/Dockerfile", "FROM shop:1\n");
            }

            @Override
            void begins(Controls controls) {
                controls.commit("{source: {path: web}, port: 80}");
            }
        },
        FILES("readFiles") {
            @Override
            void before(Controls controls) {
                controls.engine.withImages("node:24-bookworm-slim");
                controls.files.put(
                        "web/package.json",
                        """
                        {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
                        """);
                controls.files.put("web/package-lock.json", "{}");
                controls.files.put("web/index.html", "source");
                controls.files.put("web/dist/index.html", "built");
            }

            @Override
            void begins(Controls controls) {
                controls.commit("{source: {path: web}}");
            }
        },
        RUN("createRun", "run") {
            @Override
            void begins(Controls controls) {
                controls.commit(with("release: {command: ['true']}"));
            }
        },
        SECRET("putFiles") {
            @Override
            void before(Controls controls) {
                controls.keys = Sealing.newKeys();
                controls.files.put(
                        "api.yaml",
                        Sealing.sealed(
                                """
                                apiVersion: berth/v1
                                kind: Secret
                                metadata: {name: api}
                                data:
                                  pem: file-1
                                """,
                                controls.keys));
            }

            @Override
            void begins(Controls controls) {
                controls.commit(with("secrets: [{secret: api, key: pem}]"));
            }
        },
        VOLUME("ensureVolume") {
            @Override
            void begins(Controls controls) {
                controls.commit(with("volumes: [{name: data, path: /data}]"));
            }
        },
        REMOVAL("removeNetwork") {
            @Override
            void before(Controls controls) {
                controls.files.put("blog.yaml", BLOG.formatted(""));
            }

            @Override
            void begins(Controls controls) {
                controls.files.remove("blog.yaml");
                controls.commit(SHOP.formatted(2));
            }
        },
        DELETION("removeVolume") {
            @Override
            void before(Controls controls) {
                controls.lastGood = new InMemory();
                controls.files.put(
                        "blog.yaml",
                        BLOG.formatted("").replace("'shop:1'", "'shop:1', " + DELETABLE));
            }

            @Override
            void begins(Controls controls) {
                controls.files.remove("blog.yaml");
                controls.settings = "{prune: {confirm: [volume/blog/data]}}";
                controls.commit(SHOP.formatted(2));
            }
        },
        ADOPTION("foreign") {
            @Override
            void begins(Controls controls) {
                controls.engine.byHand().run("legacy", "shop:1", Map.of());
                controls.files.put(
                        "blog.yaml", BLOG.formatted(", annotations: {berth/adopt: legacy}"));
                controls.commit(SHOP.formatted(2));
            }
        },
        SUCCESSION("stampEpoch", "removeEpoch") {
            @Override
            Control inCharge(Controls controls, Control first) {
                first.process.kill();
                return controls.start("bob");
            }
        },
        CLEANUP("images", "imageId", "removeImage", "pruneBuildCache", "disk") {
            @Override
            void before(Controls controls) {
                controls.cleans = true;
                controls.engine.withDisk(new DiskUse("/fake", 1000L << 30, 10L << 30));
                controls.engine.withImages("busybox:1");
            }

            @Override
            void begins(Controls controls) {
                super.begins(controls);
                try {
                    controls.engine.buildImage(
                            Contexts.build(
                                    "berth/shop:000000000001",
                                    Map.of(Labels.BUILT_BY, Controls.INSTANCE),
                                    Duration.ofMinutes(1),
                                    "FROM busybox:1"),
                            _ -> {});
                } catch (ReconcileException e) {
                    throw new AssertionError(e);
                }
            }
        },
        WATCH("events") {
            @Override
            Control inCharge(Controls controls, Control first) {
                first.watch.start();
                return first;
            }
        };

        private static final String BLOG =
                """
                apiVersion: berth/v1
                kind: App
                metadata: {name: blog%s}
                spec: {image: 'shop:1'}
                """;
        private static final String DELETABLE =
                "volumes: [{name: data, path: /data, deletionPolicy: Delete}]";

        @SuppressWarnings("ImmutableEnumChecker") // List.of is
        private final List<String> calls;

        Scene(String... calls) {
            this.calls = List.of(calls);
        }

        private static String with(String more) {
            return SHOP.formatted(2).replace("port: 80", "port: 80, " + more);
        }

        /** As it is while all answers. */
        void before(Controls controls) {}

        /** Who is in charge when the call hangs. */
        Control inCharge(Controls controls, Control first) {
            return first;
        }

        /** What is committed when the call hangs. */
        void begins(Controls controls) {
            controls.commit(SHOP.formatted(2));
        }
    }

    private static final class InMemory implements LastGood {
        private Memory memory = Memory.EMPTY;

        @Override
        public Memory recall() {
            return memory;
        }

        @Override
        public void remember(Memory next) {
            memory = next;
        }
    }

    static Stream<Arguments> calls() {
        return Stream.of(Scene.values())
                .flatMap(scene -> scene.calls.stream().map(call -> Arguments.of(call, scene)));
    }

    @Test
    void everyCallToTheEngine_isTriedBelow() {
        assertThat(Stream.of(Scene.values()).flatMap(scene -> scene.calls.stream()))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ContainerEngine.class.getMethods())
                                .map(Method::getName)
                                .collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void engineCall_hangs_passesGoOn_andItConvergesOnceItAnswers(String call, Scene scene) {
        scene.before(controls);
        Control first = settled();
        assertThat(is(first, Kind.App, ConditionType.Ready)).isEqualTo(Condition.Status.True);
        controls.hangs = call;
        Control control = scene.inCharge(controls, first);
        control.lastReport = controls.time.now();
        control.longestSilence = Duration.ZERO;
        scene.begins(controls);

        controls.time.pass(Duration.ofMinutes(20));
        assertThat(controls.hung).as("calls that got no answer").isPositive();
        assertThat(control.longestSilence).isLessThan(Duration.ofMinutes(2));
        assertThat(controls.time.now().minus(control.lastReport)).isLessThan(Duration.ofMinutes(2));
        controls.hangs = null;
        controls.commit(SHOP.formatted(2));
        controls.time.pass(Duration.ofMinutes(12)); // a pull may be under way

        assertThat(is(control, Kind.App, ConditionType.Ready)).isEqualTo(Condition.Status.True);
        assertThat(status(control, Kind.App).appliedRevision()).endsWith("3");
        assertThat(controls.engine.brokenInvariants()).isEmpty();
    }

    @Test
    void poll_failing_passesGoOnWithWhatIsKnown() {
        Control control = settled();
        controls.repoHangs = Duration.ofSeconds(20); // as long as a look may take
        control.longestSilence = Duration.ZERO;

        controls.time.pass(Duration.ofMinutes(10));

        assertThat(control.longestSilence).isLessThan(Duration.ofMinutes(2));
        assertThat(is(control, Kind.Instance, ConditionType.SourceVerified))
                .isEqualTo(Condition.Status.False);
        assertThat(is(control, Kind.App, ConditionType.Ready)).isEqualTo(Condition.Status.True);
        controls.repoHangs = Duration.ZERO;
        controls.time.pass(Duration.ofMinutes(6));
        assertThat(is(control, Kind.Instance, ConditionType.SourceVerified))
                .isEqualTo(Condition.Status.True);
    }

    /** By the second of the poll in which the container dies; a poll begins each 30 s. */
    @ParameterizedTest(name = "{0} s later")
    @ValueSource(ints = {1, 7, 13, 19, 25, 31, 37, 43})
    void repo_hangs_whatDiesMeanwhileIsRepairedAtOnce(int later) {
        Control control = settled();
        controls.repoHangs = Duration.ofSeconds(20);
        controls.time.pass(Duration.ofMinutes(3).plusSeconds(later));
        String name = running().getFirst();

        controls.engine.byHand().stop(name);
        control.loop.wake(new Trigger.EngineChanged(ResourceId.app("shop"), "die"));
        controls.time.pass(Duration.ofSeconds(5));

        assertThat(running()).hasSize(1);
        assertThat(is(control, Kind.Instance, ConditionType.SourceVerified))
                .as("it is said that the repo does not answer")
                .isEqualTo(Condition.Status.False);
    }

    @Test
    void repo_slow_whatDiesMeanwhileIsRepairedAtOnce_andNoCommitIsMissed() {
        Control control = settled();
        controls.engine.withImages("shop:2", "shop:3");
        controls.repoTakes = Duration.ofSeconds(8);
        controls.time.pass(Duration.ofMinutes(2));
        controls.commit(SHOP.formatted(2));
        controls.time.pass(Duration.ofSeconds(3)); // a look is under way

        controls.engine.byHand().stop(running().getFirst());
        control.loop.wake(new Trigger.EngineChanged(ResourceId.app("shop"), "die"));
        controls.commit(SHOP.formatted(3)); // which that look does not see
        controls.time.pass(Duration.ofSeconds(5));
        assertThat(running()).hasSize(1);
        controls.time.pass(Duration.ofSeconds(20));

        assertThat(status(control, Kind.App).appliedRevision()).endsWith("3");
        assertThat(is(control, Kind.Instance, ConditionType.SourceVerified))
                .isEqualTo(Condition.Status.True);
        assertThat(controls.engine.brokenInvariants()).isEmpty();
    }

    private List<String> running() {
        try {
            return controls.engine.containers(Controls.INSTANCE).stream()
                    .filter(ContainerView::running)
                    .map(ContainerView::name)
                    .toList();
        } catch (ReconcileException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void poll_notSucceedingForThreeIntervals_isToldThoughTheLoopHangs() {
        Control control = settled();
        controls.time.pass(Duration.ofSeconds(10));
        controls.repoHangs = Duration.ofDays(2); // against its contract: a bug
        Duration hung = controls.time.now();

        controls.time.pass(Duration.ofMinutes(2).plusSeconds(10));

        assertThat(control.lastReport).isLessThan(hung.plusSeconds(31));
        Condition source =
                Objects.requireNonNull(
                        status(control, Kind.Instance).condition(ConditionType.SourceVerified));
        assertThat(source.status()).isEqualTo(Condition.Status.False);
        assertThat(source.message()).contains("no look at the config repo has succeeded for");
        assertThat(Duration.between(source.lastTransitionTime(), control.clock.instant()))
                .as("since it was read last")
                .isGreaterThan(Duration.ofSeconds(90));
        assertThat(is(control, Kind.App, ConditionType.Ready)).isEqualTo(Condition.Status.True);
        String told = Objects.requireNonNull(control.newest).id();
        controls.time.pass(Duration.ofMinutes(5));
        assertThat(Objects.requireNonNull(control.newest).id()).as("told once").isEqualTo(told);
    }

    @Test
    void lease_databaseHangs_holdsUpNothing() {
        controls.database.hangs("ann");
        controls.engine.withImages("shop:1");
        controls.commit(SHOP.formatted(1));

        Control control = controls.start("ann");
        controls.time.pass(Duration.ofSeconds(10));
        assertThat(control.newest).as("it says that it waits whether another writes").isNotNull();
        controls.time.pass(Duration.ofSeconds(15));

        assertThat(status(control, Kind.App).id()).isEqualTo(ResourceId.app("shop"));
        assertThat(is(control, Kind.App, ConditionType.Ready)).isEqualTo(Condition.Status.True);
    }
}
