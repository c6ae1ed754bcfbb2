package dev.berth.proxy.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.proxy.routing.Asked;
import dev.berth.proxy.routing.Router;
import dev.berth.proxy.testing.FuzzCorpus;
import dev.berth.schemas.Json;
import dev.berth.schemas.edge.Policy;
import dev.berth.schemas.edge.Probe;
import dev.berth.schemas.edge.Route;
import dev.berth.schemas.edge.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Any text in place of a snapshot: it is no snapshot, or is refused with a reason, or can be served
 * without surprises later.
 */
public final class SnapshotFuzzTest {
    private static final Duration YEARS = Duration.ofDays(10 * 366);

    @TestFactory
    Stream<DynamicTest> snapshots() {
        return FuzzCorpus.of("snapshots").replay(SnapshotFuzzTest::fuzzerTestOneInput);
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        Snapshot snapshot = read(new String(bytes, StandardCharsets.UTF_8));
        if (snapshot == null || SnapshotCheck.problem(snapshot) != null) {
            return;
        }
        Router router = new Router(() -> {});
        router.replace(snapshot.routes(), Map.of());
        for (Route route : snapshot.routes().routes()) {
            assertThat(router.place(new Asked(route.host(), route.path()))).isNotNull();
            assertThat(router.route(route.host(), route.path(), Set.of(), new Random(1)))
                    .isNotNull();
            assertThat(durations(route)).allMatch(SnapshotFuzzTest::canBeWaited);
        }
        for (Probe probe : snapshot.probes()) {
            assertThat(List.of(probe.interval(), probe.timeout()))
                    .allMatch(SnapshotFuzzTest::canBeWaited);
        }
        assertThat(router.checks()).isNotNull();
        Snapshot again = read(Json.write(snapshot));
        assertThat(again).isEqualTo(snapshot);
    }

    private static @Nullable Snapshot read(String text) {
        try {
            return Json.read(text, Snapshot.class);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static List<Duration> durations(Route route) {
        List<Duration> all = new ArrayList<>();
        switch (route.target()) {
            case Route.Paused(_, Duration hold) -> all.add(hold);
            case Route.Asleep(Duration hold) -> all.add(hold);
            case Route.Proxy _,
                    Route.Files _,
                    Route.Redirect _,
                    Route.Unavailable _,
                    Route.Control _ -> {}
        }
        Policy policy = route.policy();
        if (policy.rateLimit() != null) {
            all.add(policy.rateLimit().period());
        }
        if (policy.health() != null) {
            all.add(policy.health().interval());
            all.add(policy.health().timeout());
        }
        if (policy.streamGrace() != null) {
            all.add(policy.streamGrace());
        }
        return all;
    }

    /** In nanoseconds from now, in a long. */
    private static boolean canBeWaited(Duration duration) {
        return !duration.isNegative() && duration.compareTo(YEARS) <= 0;
    }
}
