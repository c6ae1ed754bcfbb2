package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine.Entry;
import dev.berth.reconciler.engine.HeldCall;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Backend;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newer commit takes over at once, whatever the older one is at. */
final class LatestWinsTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final String GOOD = "{image: 'shop:%d', port: 80}";
    private static final String NEVER_READY =
            "{image: 'shop:2', port: 80, healthcheck: {command: [\"false\"]}}";

    @TempDir Path directory;
    private final AtomicReference<PassReport> newest = new AtomicReference<>();
    private final List<PassReport> reports = new CopyOnWriteArrayList<>();
    private Spine spine = new Spine(Path.of("unset"));
    private ReconcileLoop loop = loop();

    @BeforeEach
    void begin() {
        spine = new Spine(directory, (_, _) -> Duration.ofMinutes(5));
        spine.engine.withImages("shop:1", "shop:2", "shop:3");
        loop = loop();
    }

    private ReconcileLoop loop() {
        return new ReconcileLoop(
                spine.reconciler,
                report -> {
                    newest.set(report);
                    reports.add(report);
                },
                Clockwork.system());
    }

    @AfterEach
    void end() {
        loop.close();
        assertThat(spine.engine.brokenInvariants()).isEmpty();
    }

    private void push(int commit, String spec) {
        spine.commit(commit, spec);
        loop.wake(new Trigger.RepoChanged("the config repo"));
    }

    private void serveTheFirst() {
        spine.commit(1, GOOD.formatted(1));
        loop.start();
        await().atMost(PATIENCE).until(() -> serves("shop:1"));
        await().atMost(PATIENCE).until(() -> newest.get() != null);
    }

    private boolean serves(String image) {
        return spine.traffic.table().ownedBy(SHOP).stream()
                .anyMatch(
                        route ->
                                route.target() instanceof Route.Proxy(var backends)
                                        && backends.stream().anyMatch(b -> isOf(b, image)));
    }

    private boolean isOf(Backend backend, String image) {
        try {
            return spine.engine.containers("home").stream()
                    .filter(c -> c.id().shortId().equals(backend.container()))
                    .anyMatch(c -> c.template() != null && c.template().image().equals(image));
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
    }

    private long calls(EngineCall call) {
        return spine.engine.journal().stream().map(Entry::call).filter(call::equals).count();
    }

    @Test
    void newCommit_duringPull_startsTheNewAtOnceAndCancelsThePull() {
        serveTheFirst();
        HeldCall pull = new HeldCall();
        spine.engine.withRegistryImage("big:1", new ImageBehaviour.Runs());
        spine.engine.faults().beforeNext(EngineCall.PULL, pull);
        push(2, "{image: 'big:1', port: 80}");
        await().atMost(PATIENCE).until(pull::begun);

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(pull::wasInterrupted);
        assertThat(spine.engine.images()).doesNotContain("big:1");
    }

    @Test
    void newCommit_duringBuild_startsTheNewAtOnceAndCancelsTheBuild() {
        serveTheFirst();
        HeldCall build = new HeldCall();
        spine.engine.faults().beforeNext(EngineCall.BUILD, build);
        spine.file("code/Dockerfile", "FROM shop:1");
        push(2, "{source: {path: code}, port: 80}");
        await().atMost(PATIENCE).until(build::begun);

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(build::wasInterrupted);
    }

    /** Another, such as a job of the app, may be making it, on an engine that takes its time. */
    @Test
    void newCommit_duringWaitForTheNetwork_startsTheNewAtOnce() {
        serveTheFirst();
        HeldCall network = new HeldCall();
        spine.engine.faults().beforeNext(EngineCall.ENSURE_NETWORK, network);
        push(2, GOOD.formatted(2));
        await().atMost(PATIENCE).until(network::begun);

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(network::wasInterrupted);
    }

    @Test
    void newCommit_duringReadiness_startsTheNewAtOnceAndStopsTheCandidate() {
        serveTheFirst();
        push(2, NEVER_READY);
        await().atMost(PATIENCE).until(() -> calls(EngineCall.EXEC) > 0);

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(() -> spine.engine.containers("home").size() == 1);
        assertThat(reports)
                .flatExtracting(PassReport::changes)
                .filteredOn(change -> change.outcome() == PassReport.Result.Waiting)
                .extracting(PassReport.ChangeReport::detail)
                .contains("given up for a newer commit");
    }

    @Test
    void newCommit_duringDrain_startsTheNewAtOnce() throws Exception {
        serveTheFirst();
        String first = spine.engine.containers("home").getFirst().id().shortId();
        spine.traffic.answering(Set.of(first));
        push(2, "{image: 'shop:2', port: 80, rollout: {drain: 5m}}");
        await().atMost(PATIENCE).until(() -> serves("shop:2"));

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        spine.traffic.answering(Set.of());
        await().atMost(PATIENCE).until(() -> spine.engine.containers("home").size() == 1);
    }

    @Test
    void newCommit_duringStopGrace_startsTheNewAtOnce() {
        serveTheFirst();
        HeldCall stop = new HeldCall();
        spine.engine.faults().beforeNext(EngineCall.STOP, stop);
        push(2, GOOD.formatted(2));
        await().atMost(PATIENCE).until(stop::begun);

        push(3, GOOD.formatted(3));

        await().atMost(AT_ONCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(() -> spine.engine.containers("home").size() == 1);
    }

    @Test
    void newCommits_whileAContainerIsMade_onlyTheLastIsCarriedOutAfterIt() {
        serveTheFirst();
        spine.engine.forgetCalls();
        HeldCall create = new HeldCall();
        spine.engine.faults().beforeNext(EngineCall.CREATE, create);
        push(2, NEVER_READY);
        await().atMost(PATIENCE).until(create::begun);
        push(3, "{image: 'shop:3', port: 80}");
        push(4, "{image: 'shop:1', port: 81}");
        push(5, "{image: 'shop:3', port: 82}");
        await().atMost(PATIENCE).until(() -> newest.get().revision().endsWith("05"));
        assertThat(create.wasInterrupted()).as("no write is cut in two").isFalse();

        create.letGo();

        await().atMost(PATIENCE).until(() -> serves("shop:3"));
        await().atMost(PATIENCE).until(() -> spine.engine.containers("home").size() == 1);
        assertThat(calls(EngineCall.CREATE)).as("the first and the last").isEqualTo(2);
        assertThat(calls(EngineCall.EXEC)).isZero();
    }

    @Test
    void sameSpecInANewCommit_duringReadiness_goesOn() {
        serveTheFirst();
        spine.engine.forgetCalls();
        push(2, NEVER_READY);
        await().atMost(PATIENCE).until(() -> calls(EngineCall.EXEC) > 0);

        push(3, NEVER_READY);

        await().atMost(PATIENCE).until(() -> newest.get().revision().endsWith("03"));
        assertThat(calls(EngineCall.CREATE)).isEqualTo(1);
        assertThat(newest.get().resources())
                .filteredOn(resource -> resource.id().equals(SHOP))
                .singleElement()
                .satisfies(
                        shop ->
                                assertThat(shop.condition(ConditionType.Reconciling))
                                        .isNotNull()
                                        .satisfies(
                                                moving ->
                                                        assertThat(moving.reason())
                                                                .isEqualTo(
                                                                        ReasonCode.Progressing)));
    }
}
