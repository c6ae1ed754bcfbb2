package dev.berth.reconciler.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.converge.Outcomes;
import dev.berth.reconciler.live.Observation;
import dev.berth.reconciler.plan.OrphanScenes;
import dev.berth.reconciler.plan.Scene;
import dev.berth.schemas.status.PassReport.Orphan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OrphansTest {
    private static List<Orphan> orphans(Scene scene) {
        return orphans(scene, scene.live());
    }

    private static List<Orphan> orphans(Scene scene, Observation live) {
        return StatusDeriver.derive(
                        new PassInput(
                                "p1",
                                "poll",
                                scene.desired(),
                                live,
                                scene.plan(),
                                new Outcomes(List.of()),
                                null,
                                null,
                                8080,
                                Map.of(),
                                Scene.NOW,
                                Duration.ZERO,
                                PassInput.Tidiness.UNSEEN,
                                PassInput.Https.NONE))
                .orphans();
    }

    @Test
    void of_allDeclared_isNothing() {
        assertThat(orphans(OrphanScenes.nothing())).isEmpty();
    }

    @Test
    void of_removedNow_isNothing() {
        assertThat(orphans(OrphanScenes.removed())).isEmpty();
    }

    @Test
    void of_volumes_saysHowEachIsDeleted() {
        assertThat(orphans(OrphanScenes.volumes()))
                .containsExactlyInAnyOrder(
                        new Orphan(
                                "volume",
                                "berth_home_shop_kept",
                                "app/shop",
                                "its deletionPolicy was Retain",
                                "declare the app and the volume again to use it, or delete it by"
                                        + " hand: docker volume rm berth_home_shop_kept"),
                        new Orphan(
                                "volume",
                                "berth_home_shop_cache",
                                "app/shop",
                                "data is deleted only when that is confirmed",
                                "to delete its data, add to the Instance: prune: {confirm:"
                                        + " [volume/shop/cache]}"));
    }

    @Test
    void of_moreThanMayBeDeleted_saysHowToConfirm() {
        assertThat(orphans(OrphanScenes.tooMany()))
                .isNotEmpty()
                .allSatisfy(o -> assertThat(o.owner()).isEqualTo("app/shop"))
                .allSatisfy(o -> assertThat(o.advice()).contains("prune: {confirm: [app/shop]}"))
                .anySatisfy(o -> assertThat(o.what()).isEqualTo("container"));
    }

    @Test
    void of_brokenFile_saysThatItMustBeMendedFirst() {
        assertThat(orphans(OrphanScenes.frozen()))
                .isNotEmpty()
                .allSatisfy(o -> assertThat(o.why()).contains("apps/x.yaml can't be understood"));
    }

    @Test
    void of_engineUnknown_saysNothing() {
        assertThat(orphans(OrphanScenes.tooMany(), new Observation.Unknown("gone"))).isEmpty();
    }
}
