package dev.berth.reconciler.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ContainerView.Paused;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The fake keeps the contract, and can be programmed as it says. */
final class FakeEngineTest extends ContainerEngineContract {
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-21T00:00:00Z"));
    private final FakeEngine engine =
            new FakeEngine(() -> now.getAndUpdate(i -> i.plusMillis(1))).withImages(IMAGE);

    @Override
    ContainerEngine engine() {
        return engine;
    }

    @Override
    void runByHand(String name) {
        engine.byHand().run(name, IMAGE, Map.of());
    }

    @Test
    void writes_readingAndEnsuringWhatIs_areNone() throws Exception {
        run(specs.web("web"));
        assertThat(engine.writes())
                .isEqualTo(
                        Map.of(
                                EngineCall.ENSURE_NETWORK, 1,
                                EngineCall.CREATE, 1,
                                EngineCall.START, 1));
        engine.forgetCalls();

        engine.containers(instance);
        engine.ensureNetwork(instance, specs.app(), specs.network());

        assertThat(engine.writeCount()).isZero();
        assertThat(engine.journal())
                .hasToString("[CONTAINERS %s, ENSURE_NETWORK %s]", instance, specs.network());
    }

    @Test
    void down_anyCall_isUnavailableAndContainersGoOn() throws Exception {
        ContainerId id = run(specs.web("web")).id();
        AtomicInteger ended = new AtomicInteger();
        engine.events(instance, _ -> {}, ended::incrementAndGet);

        engine.down();

        assertThatThrownBy(() -> engine.containers(instance))
                .isInstanceOfSatisfying(
                        Transient.class,
                        e -> assertThat(e.reason()).isEqualTo(ReasonCode.EngineUnavailable));
        assertThat(ended).hasValue(1);
        engine.up();
        assertThat(view(id).running()).isTrue();
    }

    @Test
    void failNext_onlyThatCallOnce_hasNoEffect() throws Exception {
        engine.faults()
                .failNext(EngineCall.CREATE, new Transient(ReasonCode.DiskFull, "disk full"));

        assertThatThrownBy(() -> create(specs.web("web"))).hasMessage("disk full");

        assertThat(engine.containers(instance)).isEmpty();
        create(specs.web("web"));
        assertThat(engine.containers(instance)).hasSize(1);
    }

    @Test
    void loseAnswerOfNext_call_hasItsEffect() throws Exception {
        engine.faults().loseAnswerOfNext(EngineCall.CREATE);

        assertThatThrownBy(() -> create(specs.web("web"))).isInstanceOf(Transient.class);

        assertThat(engine.containers(instance)).hasSize(1);
    }

    @Test
    void behaviours_ofImages_areActedOut() throws Exception {
        engine.withImage("slow:1", new ImageBehaviour.HealthyAfter(Duration.ofSeconds(5)));
        engine.withImage("bad:1", new ImageBehaviour.RefusesToStart("exec format error"));

        ContainerId slow = run(specs.withImage("slow:1").web("slow")).id();
        assertThat(health(slow)).isEqualTo(Health.STARTING);
        now.updateAndGet(instant -> instant.plusSeconds(5));
        assertThat(health(slow)).isEqualTo(Health.HEALTHY);
        assertThatThrownBy(() -> run(specs.withImage("bad:1").web("bad")))
                .isInstanceOf(ReconcileException.Stalled.class)
                .hasMessageContaining("exec format error");
    }

    @Test
    void byHand_everyDeed_shows() throws Exception {
        ContainerId id = run(specs.withLimits(64L << 20, 500).web("web")).id();
        String name = instance + "-web";

        engine.byHand().setMemory(name, 1L << 30);
        engine.byHand().disconnect(name, specs.network());
        assertThat(view(id).actual().memoryBytes()).isEqualTo(1L << 30);
        assertThat(view(id).addresses()).isEmpty();
        engine.byHand().pause(name);
        assertThat(view(id).state()).isEqualTo(new Paused());
        engine.startContainer(id);
        engine.byHand().crash(name, 1);
        assertThat(((Running) view(id).state()).restarts()).isEqualTo(1);
        engine.byHand().remove(name);
        assertThat(engine.container(id)).isEmpty();
    }

    @Test
    void brokenInvariants_orphansAndStrayMounts_areNamed() throws Exception {
        engine.ensureNetwork(instance, specs.app(), specs.network());
        assertThat(engine.brokenInvariants()).containsExactly("orphan network " + specs.network());

        run(specs.withMount("/data", "elsewhere").web("web"));
        assertThat(engine.brokenInvariants())
                .singleElement()
                .asString()
                .contains("mounts volume elsewhere");
    }

    @Test
    void byHandRun_otherLabels_isNotOurs() throws Exception {
        engine.byHand().run("stray", IMAGE, Map.of("dev.berth.instance", instance));

        assertThat(engine.containers(instance)).isEmpty();
    }

    private Health health(ContainerId id) throws ReconcileException {
        return ((Running) view(id).state()).health();
    }
}
