package dev.berth.reconciler.plan;

import static dev.berth.reconciler.plan.Scene.template;
import static dev.berth.reconciler.plan.Scene.withEnv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredRoute;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each scene's plan, as people read it, held against a file that people review. */
class GoldenPlanTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/plan");
    private static final ContainerTemplate V1 = template("shop:1");
    private static final ContainerTemplate V2 = template("shop:2");
    private static final ContainerView.State ENDED_WELL = new ContainerView.Exited(0, false);
    private static final ContainerView.State RUNNING_FOR_HOURS =
            new ContainerView.Running(
                    Scene.NOW.minus(Duration.ofHours(2)), ContainerView.Health.NONE, 0);

    @ParameterizedTest
    @MethodSource("scenes")
    void plan_ofScene_isAsReviewed(String file, Supplier<Scene> scene) throws IOException {
        Plan plan = scene.get().plan();
        assertThat(plan.changes()).allSatisfy(c -> assertThat(c.reasons()).isNotEmpty());
        String printed = PlanPrinter.print(plan);
        Path golden = GOLDEN.resolve(file + ".txt");
        if (Boolean.getBoolean("berth.golden.update")) {
            Files.writeString(golden, printed);
        }
        assertThat(printed).isEqualTo(Files.readString(golden));
    }

    static Stream<Arguments> scenes() {
        return Stream.of(
                scene("first-deployment", () -> new Scene().app("shop", V1, 2)),
                scene(
                        "all-containers-removed-by-hand",
                        () -> new Scene().app("shop", V1, 2).emptied("shop")),
                scene("nothing-to-do", GoldenPlanTest::converged),
                scene("new-image", GoldenPlanTest::newImage),
                scene("env-changed", GoldenPlanTest::envChanged),
                scene("capabilities-declared", GoldenPlanTest::capabilitiesDeclared),
                scene("scaled-up", () -> served(new Scene().app("shop", V1, 2), V1, 1)),
                scene("scaled-down", () -> served(new Scene().app("shop", V1, 1), V1, 2)),
                scene("scaled-to-zero", () -> served(new Scene().app("shop", V1, 0), V1, 1)),
                scene("changed-by-hand", GoldenPlanTest::changedByHand),
                scene("stopped-by-hand", GoldenPlanTest::stoppedByHand),
                scene("interrupted-before-start", GoldenPlanTest::interruptedBeforeStart),
                scene("interrupted-before-switch", GoldenPlanTest::interruptedBeforeSwitch),
                scene("interrupted-before-stop", GoldenPlanTest::interruptedBeforeStop),
                scene("address-changed", GoldenPlanTest::addressChanged),
                scene("new-domain", GoldenPlanTest::newDomain),
                scene("host-moves-to-another-app", GoldenPlanTest::hostMoves),
                scene(
                        "redirect",
                        () -> converged().redirect("www", "www.localhost", "shop.localhost")),
                scene(
                        "domain-with-its-twin",
                        () ->
                                converged()
                                        .redirect("www", "www.shop.test", "shop.test")
                                        .route(
                                                "shop.test",
                                                "/",
                                                new ResourceId(Kind.Domain, "www"),
                                                new DesiredRoute.ToApp(
                                                        ResourceId.app("shop"), "web"))),
                scene("redirect-removed", GoldenPlanTest::redirectRemoved),
                scene("webhooks", GoldenPlanTest::webhooks),
                scene("webhooks-removed", GoldenPlanTest::webhooksRemoved),
                scene(
                        "suspended",
                        () -> served(new Scene().app("shop", V1, 1, Scene::suspended), V1, 1)),
                scene(
                        "idle-goes-to-sleep",
                        () ->
                                served(new Scene().app("shop", V1, 2, Scene::sleepy), V1, 2)
                                        .idle("shop", Duration.ofMinutes(15))),
                scene(
                        "idle-not-long-enough",
                        () ->
                                served(new Scene().app("shop", V1, 2, Scene::sleepy), V1, 2)
                                        .idle("shop", Duration.ofMinutes(14))),
                scene(
                        "idle-but-never-sleeps",
                        () ->
                                served(new Scene().app("shop", V1, 2), V1, 2)
                                        .idle("shop", Duration.ofDays(1))),
                scene("asleep", () -> new Scene().app("shop", V2, 1, Scene::sleepy).asleep("shop")),
                scene(
                        "asleep-is-woken",
                        () ->
                                new Scene()
                                        .app("shop", V2, 1, Scene::sleepy)
                                        .asleep("shop")
                                        .idle("shop", Duration.ofDays(1))
                                        .wake("shop")),
                scene(
                        "asleep-no-longer-sleepy",
                        () -> new Scene().app("shop", V2, 1).asleep("shop")),
                scene("old-release-with-streams", GoldenPlanTest::oldReleaseWithStreams),
                scene("policy-changed", GoldenPlanTest::policyChanged),
                scene("removed", () -> served(new Scene(), V1, 2)),
                scene(
                        "removed-while-a-file-is-broken",
                        () -> served(new Scene(), V1, 1).pruneHold("apps/shop.yaml can't be read")),
                scene("too-many-removed", () -> served(new Scene().maxDeletes(0), V1, 1)),
                scene(
                        "asked-to-restart",
                        () ->
                                served(
                                        new Scene()
                                                .app(
                                                        "shop",
                                                        V1.edit()
                                                                .restartedAt("2026-11-21T08:00:00Z")
                                                                .make(),
                                                        1),
                                        V1,
                                        1)),
                scene(
                        "adopt",
                        () -> new Scene().app("shop", V1, 1, Scene::adopting).legacy(true, null)),
                scene(
                        "adopt-and-recreate",
                        () ->
                                new Scene()
                                        .app("shop", V1, 1, a -> Scene.adopting(Scene.recreate(a)))
                                        .legacy(true, null)),
                scene(
                        "adopt-while-it-fails",
                        () ->
                                new Scene()
                                        .app("shop", V1, 1, Scene::adopting)
                                        .legacy(true, null)
                                        .stalled("shop", "exited with code 3")),
                scene(
                        "adopt-started-again-by-hand",
                        () ->
                                served(new Scene().app("shop", V1, 1, Scene::adopting), V1, 1)
                                        .legacy(true, null)),
                scene(
                        "adopted",
                        () ->
                                served(new Scene().app("shop", V1, 1, Scene::adopting), V1, 1)
                                        .legacy(false, null)),
                scene(
                        "adopt-by-an-app-of-no-replicas",
                        () -> new Scene().app("shop", V1, 0, Scene::adopting).legacy(true, null)),
                scene(
                        "adopt-from-another-berth",
                        () ->
                                served(new Scene().app("shop", V1, 1, Scene::adopting), V1, 1)
                                        .legacy(true, "other")),
                scene("held", () -> served(new Scene().held("shop"), V1, 1)),
                scene(
                        "failed-before",
                        () ->
                                served(new Scene().app("shop", V2, 1), V1, 1)
                                        .stalled(
                                                "shop",
                                                "not ready within 120 s; last probe: HTTP 500")),
                scene(
                        "failed-at-first",
                        () -> new Scene().app("shop", V1, 1).stalled("shop", "exited with code 3")),
                scene(
                        "recreate",
                        () -> served(new Scene().app("shop", V2, 1, Scene::recreate), V1, 1)),
                scene("recreate-failed", GoldenPlanTest::recreateFailed),
                scene(
                        "edge-unknown",
                        () -> served(new Scene().app("shop", V1, 1), V1, 1).edgeUnknown()),
                scene("site-first", () -> new Scene().site("hello", "ab".repeat(20))),
                scene("site-changed", GoldenPlanTest::siteChanged),
                scene("site-unchanged", GoldenPlanTest::siteUnchanged),
                scene("site-built-first", () -> new Scene().builtSite("hello")),
                scene(
                        "containers-become-built-files",
                        () -> served(new Scene().builtSite("shop"), V1, 1)),
                scene("program-recognised-first", () -> new Scene().builtProgram("shop")),
                scene("job-first", () -> new Scene().job("import", "tools:1")),
                scene(
                        "job-made-and-not-started",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", new ContainerView.Created())),
                scene(
                        "job-made-and-not-started-and-changed",
                        () ->
                                new Scene()
                                        .job("import", "tools:2")
                                        .jobRan("import", "tools:1", new ContainerView.Created())),
                scene(
                        "job-runs",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", Scene.running())),
                scene(
                        "job-over-its-time",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", RUNNING_FOR_HOURS)),
                scene(
                        "job-ended",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", ENDED_WELL)),
                scene(
                        "job-ended-and-changed",
                        () ->
                                new Scene()
                                        .job("import", "tools:2")
                                        .jobRan("import", "tools:1", ENDED_WELL)),
                scene(
                        "job-ended-and-its-container-gone",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobGone("import", "tools:1", 0)
                                        .app("shop", V1, 1, Scene.needingJob("import"))),
                scene(
                        "job-changed-and-its-container-gone",
                        () ->
                                new Scene()
                                        .job("import", "tools:2")
                                        .jobGone("import", "tools:1", null)),
                scene("job-removed", () -> new Scene().jobRan("import", "tools:1", ENDED_WELL)),
                scene(
                        "depends-on-a-job-that-runs",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", Scene.running())
                                        .app("shop", V1, 1, Scene.needingJob("import"))),
                scene(
                        "depends-on-a-job-that-failed",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan(
                                                "import",
                                                "tools:1",
                                                new ContainerView.Exited(1, false))
                                        .app("shop", V1, 1, Scene.needingJob("import"))),
                scene(
                        "depends-on-a-job-that-succeeded",
                        () ->
                                new Scene()
                                        .job("import", "tools:1")
                                        .jobRan("import", "tools:1", ENDED_WELL)
                                        .app("shop", V1, 1, Scene.needingJob("import"))),
                scene(
                        "release-command-first",
                        () -> new Scene().app("shop", V1, 1, Scene::migrating)),
                scene(
                        "release-command-of-a-new-release",
                        () ->
                                served(new Scene().app("shop", V2, 1, Scene::migrating), V1, 1)
                                        .ran("shop", V1, ENDED_WELL)),
                scene(
                        "release-command-running-after-a-crash",
                        () ->
                                served(new Scene().app("shop", V2, 1, Scene::migrating), V1, 1)
                                        .ran("shop", V2, Scene.running())),
                scene(
                        "release-command-has-run",
                        () ->
                                served(new Scene().app("shop", V2, 1, Scene::migrating), V1, 1)
                                        .ran("shop", V2, ENDED_WELL)),
                scene(
                        "release-command-failed-before",
                        () ->
                                served(new Scene().app("shop", V2, 1, Scene::migrating), V1, 1)
                                        .ran("shop", V2, new ContainerView.Exited(1, false))),
                scene(
                        "release-command-not-for-a-repair",
                        () -> {
                            Scene scene = new Scene().app("shop", V1, 1, Scene::migrating);
                            scene.live("shop", V1, 1, new ContainerView.Exited(1, false));
                            return scene;
                        }),
                scene(
                        "release-command-and-recreate",
                        () ->
                                served(
                                        new Scene()
                                                .app(
                                                        "shop",
                                                        V2,
                                                        1,
                                                        a -> Scene.migrating(Scene.recreate(a))),
                                        V1,
                                        1)),
                scene(
                        "removed-with-runs",
                        () -> served(new Scene(), V1, 1).ran("shop", V1, ENDED_WELL)),
                scene(
                        "many-removed-some-confirmed",
                        () -> manyRemoved().maxDeletes(1).confirmed("app/blog")),
                scene(
                        "many-removed-all-confirmed",
                        () ->
                                manyRemoved()
                                        .maxDeletes(1)
                                        .confirmed("app/blog", "app/docs", "app/shop")),
                scene(
                        "volume-of-a-removed-app",
                        () ->
                                new Scene()
                                        .volume("shop", "kept", App.DeletionPolicy.Retain)
                                        .volume("shop", "cache", App.DeletionPolicy.Delete)),
                scene(
                        "volume-confirmed",
                        () ->
                                new Scene()
                                        .volume("shop", "kept", App.DeletionPolicy.Retain)
                                        .volume("shop", "cache", App.DeletionPolicy.Delete)
                                        .confirmed("volume/shop/kept", "volume/shop/cache")),
                scene("volume-confirmed-but-declared", GoldenPlanTest::volumeDeclared),
                scene("volume-confirmed-but-in-use", GoldenPlanTest::volumeInUse),
                scene(
                        "volume-confirmed-while-a-file-is-broken",
                        () ->
                                new Scene()
                                        .volume("shop", "cache", App.DeletionPolicy.Delete)
                                        .confirmed("volume/shop/cache")
                                        .pruneHold("apps/shop.yaml can't be read")),
                scene(
                        "volume-confirmed-but-its-app-is-held",
                        () ->
                                new Scene()
                                        .volume("shop", "cache", App.DeletionPolicy.Delete)
                                        .confirmed("volume/shop/cache")
                                        .held("shop")),
                scene(
                        "depends-on-an-app-not-yet-there",
                        () -> new Scene().app("api", V1, 1, Scene.needing("db")).app("db", V1, 1)),
                scene("depends-on-an-app-being-changed", GoldenPlanTest::dependencyChanges),
                scene("depends-on-an-app-but-only-repaired", GoldenPlanTest::dependantRepaired),
                scene(
                        "depends-on-an-app-and-its-only-container-was-removed",
                        () ->
                                new Scene()
                                        .app("shop", V1, 1, Scene.needing("db"))
                                        .app("db", V1, 1)
                                        .stalled("db", "db keeps exiting")
                                        .emptied("shop")
                                        .wasReady("shop", V1)),
                scene(
                        "stalled-and-the-release-before-was-removed",
                        () -> stoodInFor(new Scene().app("shop", V2, 3), 2)),
                scene(
                        "stalled-and-one-of-the-release-before-was-removed",
                        () -> stoodInFor(new Scene().app("shop", V2, 3), 1)),
                scene(
                        "stalled-and-the-release-before-was-removed-of-one-that-runs-once",
                        () -> stoodInFor(new Scene().app("shop", V2, 3, Scene::recreate), 2)),
                scene(
                        "stalled-after-it-was-suspended",
                        () ->
                                new Scene()
                                        .app("shop", V2, 2)
                                        .stalled("shop", "shop:2 keeps exiting")
                                        .emptied("shop")
                                        .wasReady("shop", V1)),
                scene(
                        "depends-on-a-suspended-app",
                        () ->
                                new Scene()
                                        .app("shop", V1, 1, Scene.needing("db"))
                                        .app("db", V1, 1, Scene::suspended)),
                scene("depends-on-a-sleeping-app", GoldenPlanTest::dependencySleeps),
                scene("removed-dependants-first", GoldenPlanTest::removedWithDependency),
                scene(
                        "removed-but-still-needed",
                        () -> served(new Scene().app("web", V1, 1, Scene.needing("shop")), V1, 1)),
                scene("cron-due", () -> pruning("30 8 * * *", App.Concurrency.FORBID)),
                scene("cron-not-due", () -> pruning("30 10 * * *", App.Concurrency.FORBID)),
                scene(
                        "cron-due-before-it-was-there",
                        () ->
                                pruning("30 8 * * *", App.Concurrency.FORBID)
                                        .scheduledSince("shop", Scene.NOW.minusSeconds(60))),
                scene(
                        "cron-ran",
                        () ->
                                pruning("30 8 * * *", App.Concurrency.FORBID)
                                        .cronRan("shop", due(30), ENDED_WELL)),
                scene(
                        "cron-made-and-not-started",
                        () ->
                                pruning("30 8 * * *", App.Concurrency.FORBID)
                                        .cronRan("shop", due(30), new ContainerView.Created())),
                scene(
                        "cron-made-for-an-earlier-time",
                        () ->
                                pruning("30 8 * * *", App.Concurrency.FORBID)
                                        .cronRan("shop", due(45), new ContainerView.Created())),
                scene("cron-missed", () -> pruning("30 7 * * *", App.Concurrency.FORBID)),
                scene(
                        "cron-forbids-a-second",
                        () ->
                                pruning("*/15 * * * *", App.Concurrency.FORBID)
                                        .cronRan("shop", due(45), Scene.running())),
                scene(
                        "cron-allows-a-second",
                        () ->
                                pruning("*/15 * * * *", App.Concurrency.ALLOW)
                                        .cronRan("shop", due(45), Scene.running())),
                scene(
                        "cron-replaces-the-first",
                        () ->
                                pruning("*/15 * * * *", App.Concurrency.REPLACE)
                                        .cronRan("shop", due(45), Scene.running())),
                scene(
                        "cron-over-its-time",
                        () ->
                                pruning("0 7 * * *", App.Concurrency.FORBID)
                                        .cronRan("shop", due(120), RUNNING_FOR_HOURS)),
                scene("cron-many-ran", GoldenPlanTest::manyRan),
                scene("cron-after-the-clock-was-set-back", GoldenPlanTest::ranAhead),
                scene(
                        "cron-no-release-is-ready",
                        () ->
                                new Scene()
                                        .app(
                                                "shop",
                                                V1,
                                                1,
                                                Scene.cron("30 8 * * *", App.Concurrency.FORBID))
                                        .scheduledSince("shop", due(120))
                                        .stalled("shop", "exited with code 3")),
                scene(
                        "cron-of-a-release-that-fails-to-be-replaced",
                        () ->
                                served(
                                                new Scene()
                                                        .app(
                                                                "shop",
                                                                V2,
                                                                1,
                                                                Scene.cron(
                                                                        "30 8 * * *",
                                                                        App.Concurrency.FORBID)),
                                                V1,
                                                1)
                                        .scheduledSince("shop", due(120))
                                        .stalled("shop", "exited with code 3")),
                scene(
                        "cron-of-a-sleeping-app",
                        () ->
                                new Scene()
                                        .app(
                                                "shop",
                                                V1,
                                                1,
                                                a ->
                                                        Scene.cron(
                                                                        "30 8 * * *",
                                                                        App.Concurrency.FORBID)
                                                                .apply(Scene.sleepy(a)))
                                        .scheduledSince("shop", due(120))
                                        .asleep("shop")),
                scene(
                        "cron-of-a-sleeping-app-whose-release-failed",
                        () ->
                                new Scene()
                                        .app(
                                                "shop",
                                                V1,
                                                1,
                                                a ->
                                                        Scene.cron(
                                                                        "30 8 * * *",
                                                                        App.Concurrency.FORBID)
                                                                .apply(Scene.sleepy(a)))
                                        .scheduledSince("shop", due(120))
                                        .asleep("shop")
                                        .stalled("shop", "exited with code 3")),
                scene(
                        "cron-of-a-suspended-app",
                        () ->
                                new Scene()
                                        .app(
                                                "shop",
                                                V1,
                                                1,
                                                a ->
                                                        Scene.cron(
                                                                        "30 8 * * *",
                                                                        App.Concurrency.FORBID)
                                                                .apply(Scene.suspended(a)))
                                        .scheduledSince("shop", due(120))),
                scene(
                        "cron-removed",
                        () ->
                                served(new Scene().app("shop", V1, 1), V1, 1)
                                        .cronRan("shop", due(45), ENDED_WELL)
                                        .cronRan("shop", due(30), Scene.running())),
                scene(
                        "cron-removed-with-its-app",
                        () -> served(new Scene(), V1, 1).cronRan("shop", due(45), ENDED_WELL)),
                scene(
                        "containers-become-a-site",
                        () -> served(new Scene().site("shop", "ab".repeat(20)), V1, 1)));
    }

    /** An app that serves and runs something at those times, known for two hours. */
    private static Scene pruning(String schedule, App.Concurrency concurrency) {
        return served(new Scene().app("shop", V1, 1, Scene.cron(schedule, concurrency)), V1, 1)
                .scheduledSince("shop", due(120));
    }

    private static Instant due(int minutesAgo) {
        return Scene.NOW.minus(Duration.ofMinutes(minutesAgo));
    }

    private static Scene ranAhead() {
        return pruning("*/5 * * * *", App.Concurrency.FORBID)
                .cronRan("shop", due(-15), ENDED_WELL)
                .cronRan("shop", due(-10), ENDED_WELL)
                .cronRan("shop", due(0), ENDED_WELL)
                .cronRan("shop", due(5), ENDED_WELL)
                .cronRan("shop", due(10), ENDED_WELL);
    }

    private static Scene manyRan() {
        Scene scene = pruning("*/5 * * * *", App.Concurrency.FORBID);
        ContainerView.State failed = new ContainerView.Exited(1, false);
        for (int i = 0; i < 8; i++) {
            scene.cronRan("shop", due(5 * i), i % 2 == 0 ? ENDED_WELL : failed);
        }
        return scene;
    }

    private static Arguments scene(String name, Supplier<Scene> scene) {
        return argumentSet(name, name, scene);
    }

    private static Scene served(Scene scene, ContainerTemplate template, int replicas) {
        ContainerView[] all =
                Stream.iterate(1, slot -> slot + 1)
                        .limit(replicas)
                        .map(slot -> scene.live("shop", template, slot))
                        .toArray(ContainerView[]::new);
        return scene.serve("shop", all);
    }

    /** Two of the release before serve, and somebody removes some. */
    private static Scene stoodInFor(Scene scene, int removed) {
        scene.stalled("shop", "shop:2 keeps exiting").servedLast("shop", V1, 2);
        ContainerView one = scene.live("shop", V1, 1);
        ContainerView two = scene.live("shop", V1, 2);
        scene.serve("shop", one, two).removed(two);
        return removed == 1 ? scene : scene.removed(one);
    }

    private static Scene converged() {
        return served(new Scene().app("shop", V1, 2), V1, 2);
    }

    /** The old containers stay for their streams, the one without goes. */
    private static Scene oldReleaseWithStreams() {
        Scene scene = new Scene().app("shop", V2, 1);
        scene.streams(scene.live("shop", V1, 1));
        scene.live("shop", V1, 2);
        return scene.serve("shop", scene.live("shop", V2, 1));
    }

    private static Scene policyChanged() {
        Policy policy =
                new Policy(
                        1L << 20,
                        new Policy.RateLimit(5, Duration.ofSeconds(1), 10),
                        null,
                        new Policy.Password("x", Map.of("ada", "sha256:salt:never-printed")),
                        List.of(new Policy.ResponseHeader("X-Frame-Options", "DENY", false)),
                        true,
                        false,
                        List.of(),
                        false,
                        null,
                        null,
                        List.of(new Policy.Canary("next.localhost", "/", 10, null, null)),
                        false,
                        false);
        return converged().policy("shop.localhost", policy);
    }

    private static Scene manyRemoved() {
        Scene scene = new Scene();
        for (String name : List.of("blog", "docs", "shop")) {
            scene.serve(name, scene.live(name, V1, 1));
        }
        return scene;
    }

    private static Scene volumeDeclared() {
        ContainerTemplate with = Scene.withVolume(V1, "shop", "cache");
        return served(new Scene().app("shop", with, 1), with, 1)
                .volume("shop", "cache", App.DeletionPolicy.Delete)
                .confirmed("volume/shop/cache");
    }

    /** The app goes first, its volume in the pass after it. */
    private static Scene volumeInUse() {
        return served(new Scene(), Scene.withVolume(V1, "shop", "cache"), 1)
                .volume("shop", "cache", App.DeletionPolicy.Delete)
                .confirmed("volume/shop/cache");
    }

    private static Scene dependencyChanges() {
        Scene scene = new Scene().app("shop", V2, 1, Scene.needing("db")).app("db", V2, 1);
        scene.serve("db", scene.live("db", V1, 1));
        return served(scene, V1, 1);
    }

    private static Scene dependantRepaired() {
        Scene scene = new Scene().app("shop", V1, 1, Scene.needing("db")).app("db", V1, 1);
        ContainerView made = scene.live("shop", V1, 1);
        scene.serve("shop", made);
        return scene.replace(
                made, withActual(made, made.actual(), new ContainerView.Exited(1, false)));
    }

    private static Scene dependencySleeps() {
        return new Scene()
                .app("shop", V1, 1, Scene.needing("db"))
                .app("db", V1, 1, Scene::sleepy)
                .asleep("db");
    }

    private static Scene removedWithDependency() {
        Scene scene = new Scene();
        scene.serve("db", scene.live("db", V1, 1));
        scene.serve("shop", scene.madeNeeding(scene.live("shop", V1, 1), "db"));
        return scene;
    }

    private static Scene newImage() {
        return served(new Scene().app("shop", V2, 1), V1, 1);
    }

    private static Scene envChanged() {
        ContainerTemplate before = withEnv(withEnv(V1, "LOG_LEVEL", "info"), "OLD", "1");
        ContainerTemplate after = withEnv(withEnv(V1, "LOG_LEVEL", "debug"), "NEW", "1");
        return served(new Scene().app("shop", after, 2), before, 2);
    }

    private static Scene changedByHand() {
        Scene scene = new Scene().app("shop", Scene.withMemory(V1, 256L << 20), 1);
        ContainerView made = scene.live("shop", Scene.withMemory(V1, 256L << 20), 1);
        scene.serve("shop", made);
        return scene.replace(made, withActualMemory(made, 1L << 30));
    }

    private static ContainerView withActualMemory(ContainerView c, long bytes) {
        return withActual(c, new ContainerView.Actual(bytes, 0, "unless-stopped"), c.state());
    }

    private static ContainerView withActual(
            ContainerView c, ContainerView.Actual actual, ContainerView.State state) {
        return new ContainerView(
                c.id(),
                c.name(),
                c.owner(),
                c.process(),
                c.slot(),
                c.specHash(),
                c.template(),
                c.release(),
                c.revision(),
                state,
                c.addresses(),
                c.publishedPort(),
                actual,
                c.createdAt(),
                c.dependsOn());
    }

    private static Scene stoppedByHand() {
        Scene scene = new Scene().app("shop", V1, 1);
        ContainerView made = scene.live("shop", V1, 1);
        scene.serve("shop", made);
        return scene.replace(
                made, withActual(made, made.actual(), new ContainerView.Exited(137, false)));
    }

    private static Scene interruptedBeforeStart() {
        Scene scene = served(new Scene().app("shop", V2, 1), V1, 1);
        scene.live("shop", V2, 1, new ContainerView.Created());
        return scene;
    }

    private static Scene interruptedBeforeSwitch() {
        Scene scene = served(new Scene().app("shop", V2, 1), V1, 1);
        scene.live("shop", V2, 1);
        return scene;
    }

    private static Scene interruptedBeforeStop() {
        Scene scene = new Scene().app("shop", V2, 1);
        scene.live("shop", V1, 1);
        return scene.serve("shop", scene.live("shop", V2, 1));
    }

    private static Scene addressChanged() {
        Scene scene = converged();
        ContainerView first = scene.live("other", V1, 1);
        return scene.app("other", V1, 1)
                .serves(
                        new Route(
                                "other.localhost",
                                "/",
                                ResourceId.app("other"),
                                "other",
                                new Route.Proxy(
                                        List.of(
                                                new dev.berth.schemas.edge.Backend(
                                                        first.id().shortId(),
                                                        "172.20.0.99",
                                                        3000)))));
    }

    private static Scene newDomain() {
        return converged()
                .route(
                        "shop.example.com",
                        "/",
                        new ResourceId(Kind.Domain, "shop"),
                        new DesiredRoute.ToApp(ResourceId.app("shop"), "web"));
    }

    private static Scene capabilitiesDeclared() {
        ContainerTemplate more =
                Scene.withCapabilities(V1, App.Capability.SETUID, App.Capability.CHOWN);
        return served(new Scene().app("shop", more, 1), V1, 1);
    }

    private static Scene hostMoves() {
        Scene scene = converged().app("next", V2, 1);
        scene.serves(
                new Route(
                        "www.example.com",
                        "/",
                        ResourceId.app("shop"),
                        "shop",
                        new Route.Proxy(List.of())));
        return scene.route(
                "www.example.com",
                "/",
                new ResourceId(Kind.Domain, "www"),
                new DesiredRoute.ToApp(ResourceId.app("next"), "web"));
    }

    private static Scene redirectRemoved() {
        return converged()
                .serves(
                        new Route(
                                "www.localhost",
                                "/",
                                new ResourceId(Kind.Domain, "www"),
                                null,
                                new Route.Redirect("shop.localhost")));
    }

    private static Scene webhooks() {
        return converged()
                .route(
                        "berth.localhost",
                        "/api/webhook",
                        new ResourceId(Kind.Instance, "home"),
                        new DesiredRoute.ToControl());
    }

    private static Scene webhooksRemoved() {
        return converged()
                .serves(
                        new Route(
                                "berth.localhost",
                                "/api/webhook",
                                new ResourceId(Kind.Instance, "home"),
                                null,
                                new Route.Control()));
    }

    private static Scene recreateFailed() {
        Scene scene = new Scene().app("shop", V2, 1, Scene::recreate);
        scene.live("shop", V1, 1, new ContainerView.Exited(0, false));
        return scene.stalled("shop", "exited with code 1")
                .serves(
                        new Route(
                                "shop.localhost",
                                "/",
                                ResourceId.app("shop"),
                                "shop",
                                new Route.Unavailable("being replaced by a new release")));
    }

    private static Scene siteChanged() {
        return siteServed(new Scene().site("hello", "cd".repeat(20)));
    }

    private static Scene siteUnchanged() {
        return siteServed(new Scene().site("hello", "ab".repeat(20)));
    }

    private static Scene siteServed(Scene scene) {
        String directory = "ab".repeat(20);
        return scene.published("hello", directory)
                .serves(
                        new Route(
                                "hello.localhost",
                                "/",
                                ResourceId.app("hello"),
                                "hello",
                                new Route.Files("/sites/hello/" + directory, false)));
    }
}
