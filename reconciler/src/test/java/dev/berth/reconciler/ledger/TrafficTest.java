package dev.berth.reconciler.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.desired.DesiredApp;
import dev.berth.reconciler.desired.KnownRelease;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.Release;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.config.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which release served last is remembered from pass to pass, and ends only on purpose. */
final class TrafficTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ContainerTemplate FIRST = Scene.template("shop:1");
    private static final ContainerTemplate SECOND = Scene.template("shop:2");

    @TempDir Path directory = Path.of("");

    /** The first release was ready, and serves. */
    private ReleaseLedger served() {
        return served(FIRST);
    }

    private ReleaseLedger served(ContainerTemplate template) {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        TreeMap<String, ContainerTemplate> processes = new TreeMap<>(Map.of("web", template));
        ledger.ready(
                SHOP,
                new KnownRelease(
                        Release.idOf(processes),
                        template.image(),
                        "c0ffee",
                        Scene.NOW,
                        processes,
                        new TreeMap<>(Map.of("web", 2))),
                5);
        return ledger;
    }

    private static Scene declared(UnaryOperator<DesiredApp> how) {
        return new Scene().app("shop", SECOND, 1, how);
    }

    private static Scene declared() {
        return declared(app -> app);
    }

    /** A pass over it. */
    private static ReleaseLedger pass(ReleaseLedger ledger, Scene scene) {
        ledger.settled(scene.desired(), scene.live(), Scene.NOW, _ -> "");
        return ledger;
    }

    /** The image of the release that can stand in. */
    private static @Nullable String standIn(ReleaseLedger ledger) {
        Scene scene = declared();
        KnownRelease known =
                ledger.recalled(scene.desired(), scene.live())
                                instanceof Observation.Known(var live)
                        ? live.pastOf(SHOP).inTraffic()
                        : null;
        return known == null ? null : known.image();
    }

    private ReleaseLedger restarted() {
        return ReleaseLedger.inDirectory(directory);
    }

    /** It was begun, and another one was declared before it was ready. */
    @Test
    void settled_workerRunsThatNeverWasReady_isNotWhatServed() {
        Scene scene = new Scene().app("shop", worker("3"), 1);
        scene.live("shop", worker("2"), 1);
        ReleaseLedger ledger = pass(served(worker("1")), scene);

        assertThat(standIn(ledger)).isEqualTo("worker:1");
    }

    private static ContainerTemplate worker(String version) {
        return new ContainerTemplate.Draft("worker:" + version).make();
    }

    @Test
    void settled_containersAndRoutesLost_isKnownStillAlsoAfterARestart() {
        ReleaseLedger ledger = pass(served(), declared());

        assertThat(standIn(ledger)).isEqualTo("shop:1");
        assertThat(standIn(pass(restarted(), declared().edgeUnknown()))).isEqualTo("shop:1");
    }

    @Test
    void settled_suspendedScaledToNothingOrAsleep_hasEndedForGood() {
        Scene none = new Scene().app("shop", FIRST, 0);
        for (Scene end :
                new Scene[] {
                    declared(Scene::suspended), none, declared(Scene::sleepy).asleep("shop")
                }) {
            assertThat(standIn(pass(served(), end))).isNull();
            assertThat(standIn(pass(restarted(), declared()))).isNull();
        }
    }

    @Test
    void settled_noLongerDeclared_hasEnded() {
        ReleaseLedger ledger = pass(served(), new Scene());

        assertThat(standIn(pass(ledger, declared()))).isNull();
    }

    @Test
    void settled_anotherIsSeenInTraffic_isThatOne() {
        Scene scene = declared();
        scene.live("shop", FIRST, 1);
        scene.serve("shop", scene.live("shop", SECOND, 1));

        assertThat(standIn(pass(served(), scene))).as("it was never ready").isNull();
    }

    @Test
    void settled_twoServe_isTheOneOfBefore() {
        Scene scene = declared();
        scene.serve("shop", scene.live("shop", FIRST, 1), scene.live("shop", SECOND, 1));

        assertThat(standIn(pass(served(), scene))).isEqualTo("shop:1");
    }

    /** What no route leads to may still be proving itself. */
    @Test
    void settled_newReleaseRunsAndServesNothing_isTheOneOfBefore() {
        Scene scene = declared();
        ContainerView candidate = scene.live("shop", SECOND, 1);

        assertThat(candidate.running()).isTrue();
        assertThat(standIn(pass(served(), scene))).isEqualTo("shop:1");
    }

    @Test
    void settled_asBefore_writesNothing() throws Exception {
        Scene scene = declared();
        scene.serve("shop", scene.live("shop", FIRST, 1));
        ReleaseLedger ledger = pass(served(), scene);
        Files.delete(directory.resolve("shop.json"));

        pass(ledger, scene);

        assertThat(directory).isEmptyDirectory();
    }

    /** Another Berth has written since, and may have ended it. */
    @Test
    void writesBy_anotherStamp_knowsItOnlyOnceItIsSeen() {
        ReleaseLedger ledger = ReleaseLedger.inDirectory(directory);
        ledger.writesBy(7L);
        served();
        Scene scene = declared();
        scene.serve("shop", scene.live("shop", FIRST, 1));
        ReleaseLedger mine = restarted();
        mine.writesBy(7L);
        assertThat(standIn(pass(mine, scene))).isEqualTo("shop:1");

        ReleaseLedger same = restarted();
        same.writesBy(7L);
        assertThat(standIn(pass(same, declared()))).isEqualTo("shop:1");
        assertThat(standIn(pass(ReleaseLedger.reading(directory), declared())))
                .as("who only reads")
                .isEqualTo("shop:1");
        ReleaseLedger later = restarted();
        later.writesBy(9L);
        assertThat(standIn(pass(later, declared()))).isNull();
        assertThat(standIn(pass(later, scene))).isEqualTo("shop:1");
    }
}
