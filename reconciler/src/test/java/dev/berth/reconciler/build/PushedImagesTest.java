package dev.berth.reconciler.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.build.queue.BuildQueue;
import dev.berth.reconciler.build.queue.Queues;
import dev.berth.reconciler.cleanup.work.ImageShelf;
import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.FakeRegistry;
import dev.berth.reconciler.engine.ImageBehaviour;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.ReasonCode;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is built is pushed, and comes back when the engine lacks it. */
final class PushedImagesTest {
    private static final String IMAGE = "berth/shop:0123456789ab";
    private static final String SHARED = "registry.example.com/team/shop:0123456789ab";

    private final FakeRegistry registry = new FakeRegistry();
    private final BuildQueue queue = Queues.ofNobody(Clockwork.system());
    private final FakeEngine engine = machine();
    private final ImageBuilder builder = builder(engine, queue);

    private FakeEngine machine() {
        return new FakeEngine(InstantSource.system()).withImages("busybox:1").at(registry);
    }

    private static ImageBuilder builder(FakeEngine engine, BuildQueue queue) {
        Vault vault = Vault.ofThisProcess(InstantSource.system());
        Registries registries = new Registries(vault);
        registries.follow(PushingInstance.to("registry.example.com/team"));
        return new ImageBuilder(
                engine,
                new OneDockerfile("FROM busybox:1"),
                vault,
                registries,
                queue,
                ImageShelf.untouched(),
                Clockwork.system());
    }

    private static ImageSource built() {
        return OneDockerfile.image(IMAGE);
    }

    private String pushed() {
        return Objects.requireNonNull(queue.book().underway().getFirst().pushed());
    }

    private static List<String> pulls(FakeEngine engine) {
        return engine.journal().stream()
                .filter(entry -> entry.call() == EngineCall.PULL)
                .map(FakeEngine.Entry::subject)
                .toList();
    }

    @Test
    void provide_built_isPushedAndNamedByItsDigest() throws Exception {
        builder.provide(built());

        assertThat(registry.names()).containsExactlyInAnyOrder(SHARED, pushed());
        assertThat(engine.images()).contains(IMAGE, SHARED);
        assertThat(queue.book().underway().getFirst().steps())
                .extracting(Build.Step::phase)
                .containsSubsequence(
                        Build.Phase.Building, Build.Phase.Pushing, Build.Phase.Releasing);
        engine.forgetCalls();
        builder.provide(built());
        assertThat(engine.writeCount()).isZero();
    }

    @Test
    void provide_onAnotherMachine_isPulledByTheDigestThatIsKnown() throws Exception {
        builder.provide(built());
        FakeEngine other = machine();

        builder(other, queue).provide(built());

        assertThat(other.images()).contains(IMAGE, SHARED);
        assertThat(pulls(other)).containsExactly(pushed());
        assertThat(other.buildsAsked()).isEmpty();
    }

    /** Anybody who may push there may have put it there. */
    @Test
    void provide_digestNotKnown_isBuilt() throws Exception {
        builder.provide(built());
        FakeEngine other = machine();

        builder(other, Queues.ofNobody(Clockwork.system())).provide(built());

        assertThat(pulls(other)).isEmpty();
        assertThat(other.buildsAsked()).hasSize(1);
    }

    @Test
    void provide_registryLacksIt_isBuiltAsIfThereWereNone() throws Exception {
        builder.provide(built());
        registry.remove("registry.example.com");
        FakeEngine other = machine();

        builder(other, queue).provide(built());

        assertThat(other.buildsAsked()).hasSize(1);
        assertThat(registry.names()).contains(SHARED);
    }

    @Test
    void provide_registryGivesAnother_isRefused() throws Exception {
        builder.provide(built());
        registry.replace(pushed(), new ImageBehaviour.Runs());
        FakeEngine other = machine();

        assertThatThrownBy(() -> builder(other, queue).provide(built()))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining("something else than was asked for")
                .extracting(failure -> ((Stalled) failure).reason())
                .isEqualTo(ReasonCode.Conflict);
        assertThat(other.images()).containsExactly("busybox:1");
    }

    @Test
    void provide_registryAwayAndDigestKnown_waitsForIt() throws Exception {
        builder.provide(built());
        registry.down(true);
        FakeEngine other = machine();

        assertThatThrownBy(() -> builder(other, queue).provide(built()))
                .isInstanceOf(Transient.class);
        assertThat(other.buildsAsked()).isEmpty();
    }

    @Test
    void provide_pushFails_hasNotTheNameThatIsUsedAndIsBuiltOnce() throws Exception {
        registry.down(true);

        assertThatThrownBy(() -> builder.provide(built()))
                .isInstanceOf(Transient.class)
                .extracting(failure -> ((Transient) failure).reason())
                .isEqualTo(ReasonCode.PushFailed);
        assertThat(engine.images()).contains(SHARED).doesNotContain(IMAGE);
        registry.down(false);
        builder.provide(built());

        assertThat(engine.images()).contains(IMAGE);
        assertThat(engine.buildsAsked()).hasSize(1);
    }

    @Test
    void provide_keptReleaseThatIsGone_comesBackWithoutABuild() throws Exception {
        builder.provide(built());
        engine.removeImage(IMAGE);
        engine.removeImage(SHARED);

        builder.provide(ImageSource.again(IMAGE));

        assertThat(engine.images()).contains(IMAGE);
        assertThat(engine.buildsAsked()).hasSize(1);
    }

    @Test
    void provide_keptReleaseOfWhichOnlyTheUsedNameIsGone_hasItAgain() throws Exception {
        builder.provide(built());
        engine.removeImage(IMAGE);
        registry.down(true);

        builder.provide(ImageSource.again(IMAGE));

        assertThat(engine.images()).contains(IMAGE);
    }

    @Test
    void provide_keptReleaseThatIsNowhere_saysSo() {
        assertThatThrownBy(() -> builder.provide(ImageSource.again(IMAGE)))
                .isInstanceOf(Stalled.class)
                .hasMessageContaining("take spec.pin away")
                .hasMessageContaining("can't pull " + SHARED);
        registry.down(true);
        assertThatThrownBy(() -> builder.provide(ImageSource.again(IMAGE)))
                .isInstanceOf(Transient.class);
    }

    @Test
    void provide_noRegistryAnyMore_pushesNothing() throws ReconcileException {
        Vault vault = Vault.ofThisProcess(InstantSource.system());
        Registries none = new Registries(vault);
        none.follow(PushingInstance.to("registry.example.com/team"));
        none.follow(PushingInstance.to(null));

        new ImageBuilder(
                        engine,
                        new OneDockerfile("FROM busybox:1"),
                        vault,
                        none,
                        queue,
                        ImageShelf.untouched(),
                        Clockwork.system())
                .provide(built());

        assertThat(engine.writes()).containsOnlyKeys(EngineCall.BUILD);
    }
}
