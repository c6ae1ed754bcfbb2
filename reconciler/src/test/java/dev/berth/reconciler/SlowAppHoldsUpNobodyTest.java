package dev.berth.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.clockwork.Clockwork;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.trigger.Trigger;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.status.Condition;
import dev.berth.schemas.status.ConditionType;
import dev.berth.schemas.status.PassReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An app that takes its time, or never gets ready, is waited for by nobody else. */
final class SlowAppHoldsUpNobodyTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String SHOP = "{image: 'shop:%d', port: 80}";
    private static final String SICK =
            """

            ---
            apiVersion: berth/v1
            kind: App
            metadata: {name: %s}
            spec: {image: 'sick:1', healthcheck: {command: ["false"], deadline: 10m}}
            """;
    private static final String BLOG =
            """

            ---
            apiVersion: berth/v1
            kind: App
            metadata: {name: blog}
            spec: {image: 'shop:1', port: 80}
            """;

    @TempDir Path directory;
    private final AtomicReference<@Nullable PassReport> newest = new AtomicReference<>();
    private Spine spine = new Spine(Path.of("unset"));
    private ReconcileLoop loop = loop();

    @BeforeEach
    void begin() {
        spine = new Spine(directory, (_, _) -> Duration.ofMinutes(5));
        spine.engine.withImages("shop:1", "shop:2", "sick:1");
        loop = loop();
    }

    private ReconcileLoop loop() {
        return new ReconcileLoop(spine.reconciler, newest::set, Clockwork.system());
    }

    @AfterEach
    void end() {
        loop.close();
    }

    private void push(int commit, String spec) {
        spine.commit(commit, spec);
        loop.wake(new Trigger.RepoChanged("the config repo"));
    }

    private boolean serves(String app) {
        return spine.traffic.table().ownedBy(ResourceId.app(app)).stream()
                .anyMatch(
                        route ->
                                route.target() instanceof Route.Proxy(var backends)
                                        && !backends.isEmpty());
    }

    private List<ContainerView> containersOf(String app) {
        try {
            return spine.engine.containers("home").stream()
                    .filter(c -> c.owner().equals(ResourceId.app(app)))
                    .toList();
        } catch (ReconcileException e) {
            throw new IllegalStateException(e);
        }
    }

    private Condition.@Nullable Status condition(String app, ConditionType type) {
        PassReport report = newest.get();
        if (report == null) {
            return null;
        }
        return report.resources().stream()
                .filter(resource -> resource.id().equals(ResourceId.app(app)))
                .map(resource -> resource.condition(type))
                .filter(Objects::nonNull)
                .map(Condition::status)
                .findFirst()
                .orElse(null);
    }

    @Test
    void slowApp_othersAreReportedReadyMeanwhile() {
        spine.commit(1, SHOP.formatted(1) + SICK.formatted("sick"));
        loop.start();

        await().atMost(SOON)
                .until(() -> condition("shop", ConditionType.Ready) == Condition.Status.True);
        assertThat(condition("sick", ConditionType.Reconciling)).isEqualTo(Condition.Status.True);
        assertThat(condition("sick", ConditionType.Ready)).isEqualTo(Condition.Status.False);
    }

    @Test
    void slowApp_commitToAnother_isCarriedOutAndTheSlowOneGoesOn() {
        spine.commit(1, SHOP.formatted(1) + SICK.formatted("sick"));
        loop.start();
        await().atMost(PATIENCE).until(() -> serves("shop") && containersOf("sick").size() == 1);
        ContainerView slow = containersOf("sick").getFirst();

        push(2, SHOP.formatted(2) + SICK.formatted("sick"));

        await().atMost(SOON)
                .until(
                        () ->
                                containersOf("shop").stream()
                                        .map(c -> Objects.requireNonNull(c.template()).image())
                                        .toList()
                                        .equals(List.of("shop:2")));
        assertThat(containersOf("sick")).extracting(ContainerView::id).containsExactly(slow.id());
        assertThat(spine.engine.journal())
                .filteredOn(entry -> entry.call() == EngineCall.CREATE)
                .hasSize(3);
    }

    @Test
    void slowApp_containerOfAnotherRemovedByHand_isReplaced() {
        spine.commit(1, SHOP.formatted(1) + SICK.formatted("sick"));
        loop.start();
        await().atMost(PATIENCE).until(() -> serves("shop") && containersOf("sick").size() == 1);
        ContainerView gone = containersOf("shop").getFirst();

        spine.engine.byHand().remove(gone.name());
        loop.wake(new Trigger.EngineChanged(ResourceId.app("shop"), "destroy"));

        await().atMost(SOON)
                .until(
                        () ->
                                serves("shop")
                                        && containersOf("shop").size() == 1
                                        && !containersOf("shop").getFirst().id().equals(gone.id()));
    }

    @Test
    void manySlowApps_anotherStillStarts() {
        String sick =
                IntStream.range(0, 12)
                        .mapToObj(i -> SICK.formatted("a-sick-" + i))
                        .collect(Collectors.joining());
        spine.commit(1, SHOP.formatted(1) + sick);
        loop.start();

        await().atMost(PATIENCE).until(() -> serves("shop"));

        await().atMost(PATIENCE)
                .until(() -> IntStream.range(0, 12).allMatch(i -> hasOne("a-sick-" + i)));
    }

    private boolean hasOne(String app) {
        return containersOf(app).size() == 1;
    }

    @Test
    void slowApp_removalOfAnother_waitsUntilItHasEnded() {
        spine.commit(1, SHOP.formatted(1) + BLOG);
        loop.start();
        await().atMost(PATIENCE).until(() -> serves("shop") && serves("blog"));

        push(2, SHOP.formatted(1) + SICK.formatted("sick"));
        await().atMost(PATIENCE).until(() -> containersOf("sick").size() == 1);
        push(3, SHOP.formatted(2) + SICK.formatted("sick"));
        await().atMost(PATIENCE)
                .until(() -> condition("blog", ConditionType.Reconciling) == Condition.Status.True);
        assertThat(serves("blog")).isTrue();

        push(4, SHOP.formatted(2));

        await().atMost(PATIENCE).until(() -> containersOf("blog").isEmpty());
        await().atMost(PATIENCE).until(() -> containersOf("sick").isEmpty());
        assertThat(containersOf("shop")).hasSize(1);
    }
}
