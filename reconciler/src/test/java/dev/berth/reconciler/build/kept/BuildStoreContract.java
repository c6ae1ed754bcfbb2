package dev.berth.reconciler.build.kept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.reconciler.answer.Page;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.Build;
import dev.berth.schemas.status.Build.Phase;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store of builds does: the one in memory, so that it can't lie, and the real one. */
public abstract class BuildStoreContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final Instant THEN = Instant.parse("2026-11-20T10:00:00Z");

    /** An empty one. */
    protected abstract BuildStore store() throws Exception;

    private static Build build(String id, ResourceId app, Instant at) {
        return new Build(
                id,
                app,
                "berth/%s:1a2b3c".formatted(app.name()),
                null,
                "c".repeat(40),
                1,
                List.of(new Build.Step(Phase.Queued, at, 1, null, null)));
    }

    private static Build build(int number) {
        return build("shop-" + number, SHOP, THEN.plusSeconds(number));
    }

    private static Build ended(Build build, Phase phase) {
        return build.with(
                new Build.Step(
                        phase,
                        build.queuedAt().plusSeconds(1),
                        2,
                        ReasonCode.BuildFailed,
                        "no “space”\n\tleft 🪣"));
    }

    @Test
    void pushed_ofAnImage_isThatOfTheNewestBuildThatPushedItThere() throws Exception {
        BuildStore store = store();
        String there = "registry.example.com/team/shop@sha256:";
        store.save(build(1).pushedAs(there + "1"), "ann");
        store.save(build(2).pushedAs(there + "2"), "ann");
        store.save(build(3).pushedAs("ghcr.io/ada/shop@sha256:3"), "ann");
        store.save(build(4), "ann");

        assertThat(store.build("shop-1")).contains(build(1).pushedAs(there + "1"));
        assertThat(store.pushed(build(1).image(), "registry.example.com/team/shop"))
                .contains(there + "2");
        assertThat(store.pushed(build(1).image(), "registry.example.com/team/sho")).isEmpty();
        assertThat(store.pushed("berth/mail:1a2b3c", "registry.example.com/team/shop")).isEmpty();
    }

    @Test
    void save_build_isReadWholeAsItWasLastSaved() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");
        Build later = ended(build(1), Phase.Failed);

        store.save(later, "ann");

        assertThat(store.build("shop-1")).contains(later);
        assertThat(store.builds(null, null, 10).items()).containsExactly(later);
        assertThat(store.build("shop-2")).isEmpty();
    }

    @Test
    void builds_many_areNewestFirstInPages() throws Exception {
        BuildStore store = store();
        for (int i = 1; i <= 5; i++) {
            store.save(build(i), "ann");
        }
        store.save(build("blog-1", ResourceId.app("blog"), THEN), "ann");
        store.save(ended(build(2), Phase.Serving), "ann");

        Page<Build> first = store.builds(SHOP, null, 3);
        Page<Build> rest = store.builds(SHOP, first.next(), 3);

        assertThat(first.items())
                .extracting(Build::id)
                .containsExactly("shop-5", "shop-4", "shop-3");
        assertThat(rest.items()).extracting(Build::id).containsExactly("shop-2", "shop-1");
        assertThat(rest.next()).isNull();
        assertThat(store.builds(null, null, 1).items())
                .extracting(Build::id)
                .containsExactly("blog-1");
        assertThatThrownBy(() -> store.builds(null, "soon", 3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.builds(null, null, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void open_onlyWhatGoesOn_oldestFirst() throws Exception {
        BuildStore store = store();
        for (int i = 1; i <= 3; i++) {
            store.save(build(i), "ann");
        }
        store.save(ended(build(2), Phase.Superseded), "ann");

        assertThat(store.open()).extracting(Build::id).containsExactly("shop-1", "shop-3");
    }

    @Test
    void claim_heldByAnother_onlyOnceItIsNotRenewed() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");

        assertThat(store.claim("shop-1", "ann", LONG)).isTrue();
        assertThat(store.claim("shop-1", "bob", LONG)).isFalse();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> store.claim("shop-1", "bob", Duration.ofMillis(300)));

        assertThat(store.claim("shop-1", "ann", LONG)).isFalse();
        assertThat(store.claim("shop-9", "bob", LONG)).isFalse();
    }

    @Test
    void renew_ofOnesOwn_keepsOthersAway() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");
        store.save(build(2), "ann");
        Instant end = Instant.now().plus(Duration.ofMillis(900));
        while (Instant.now().isBefore(end)) {
            store.renew(List.of("shop-1"), "ann");
            store.renew(List.of("shop-2"), "bob");
        }

        assertThat(store.claim("shop-1", "bob", Duration.ofMillis(600))).isFalse();
        assertThat(store.claim("shop-2", "bob", Duration.ofMillis(600))).isTrue();
    }

    /** It was slow, and another has gone on with it since. */
    @Test
    void save_heldByAnotherOrEnded_staysAsItIs() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");
        Thread.sleep(20); // also by the clock of a real database
        assertThat(store.claim("shop-1", "bob", Duration.ofMillis(10))).isTrue();

        assertThat(store.save(ended(build(1), Phase.Failed), "ann")).isFalse();
        assertThat(store.build("shop-1")).contains(build(1));
        assertThat(store.save(ended(build(1), Phase.Serving), "bob")).isTrue();
        assertThat(store.save(build(1), "bob")).isFalse();
        assertThat(store.open()).isEmpty();
    }

    @Test
    void claim_ended_isNobodys() throws Exception {
        BuildStore store = store();
        store.save(ended(build(1), Phase.Serving), "ann");

        assertThat(store.claim("shop-1", "ann", LONG)).isFalse();
    }

    @Test
    void claim_manyAtOnce_oneGetsIt() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");
        Thread.sleep(400);
        List<Callable<Boolean>> tries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String home = "home-" + i;
            tries.add(() -> store.claim("shop-1", home, Duration.ofMillis(300)));
        }
        int got = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> each : threads.invokeAll(tries)) {
                got += each.get() ? 1 : 0;
            }
        }

        assertThat(got).isEqualTo(1);
    }

    @Test
    void forgetBefore_keepsTheNewestOfAnAppAndWhatGoesOn() throws Exception {
        BuildStore store = store();
        store.save(build(1), "ann");
        for (int i = 2; i <= 4; i++) {
            store.save(ended(build(i), Phase.Failed), "ann");
        }
        store.save(ended(build("blog-1", ResourceId.app("blog"), THEN), Phase.Serving), "ann");

        assertThat(store.forgetBefore(THEN.plusSeconds(4)))
                .containsExactlyInAnyOrder("shop-2", "shop-3");

        assertThat(store.builds(null, null, 10).items())
                .extracting(Build::id)
                .containsExactly("blog-1", "shop-4", "shop-1");
    }
}
