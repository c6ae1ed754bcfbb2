package dev.berth.reconciler.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LiveStateReaderTest {
    private static final ResourceId SHOP = ResourceId.app("shop");
    private static final ServedRoutes NO_EDGE = new ServedRoutes.NotKnown("no edge yet");
    private static final FailedAttempt FAILED =
            new FailedAttempt("0a1b", 2, Instant.MAX, ReasonCode.BuildFailed, "exit code 1");

    private final FakeEngine engine = new FakeEngine(InstantSource.system());
    private final LiveStateReader reader =
            reader(() -> Map.of(SHOP, Map.of("site1", "/sites/shop/site1")));

    @Test
    void observe_allSourcesAnswer_isTheWholePicture() throws Exception {
        engine.ensureNetwork("home", SHOP, "home-shop");

        assertThat(reader.observe("home"))
                .isInstanceOfSatisfying(
                        Observation.Known.class,
                        known -> {
                            assertThat(known.live().networks()).containsEntry(SHOP, "home-shop");
                            assertThat(known.live().publishedSites())
                                    .containsEntry(SHOP, Map.of("site1", "/sites/shop/site1"));
                            assertThat(known.live().routes()).isEqualTo(NO_EDGE);
                            assertThat(known.live().failures()).containsEntry(SHOP, FAILED);
                        });
    }

    @Test
    void observe_engineDown_isUnknownWithItsWords() {
        engine.down();

        assertThat(reader.observe("home"))
                .isInstanceOfSatisfying(
                        Observation.Unknown.class,
                        unknown -> assertThat(unknown.cause()).contains("is down"));
    }

    @Test
    void observe_halfThePicture_isUnknown() {
        engine.faults()
                .failNext(
                        EngineCall.NETWORKS,
                        new Transient(ReasonCode.EngineUnavailable, "went away"));

        assertThat(reader.observe("home")).isEqualTo(new Observation.Unknown("went away"));
    }

    @Test
    void observe_sitesUnreadable_isUnknown() {
        LiveStateReader blind =
                reader(
                        () -> {
                            throw new Transient(ReasonCode.DiskFull, "can't read the sites");
                        });

        assertThat(blind.observe("home"))
                .isEqualTo(new Observation.Unknown("can't read the sites"));
    }

    private LiveStateReader reader(LiveStateReader.PublishedSites sites) {
        return new LiveStateReader(engine, () -> NO_EDGE, sites, () -> Map.of(SHOP, FAILED));
    }
}
