package dev.berth.reconciler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.schemas.config.App;
import org.junit.jupiter.api.Test;

/** What becomes of previews that nobody wants any more. */
final class PreviewPlanTest {
    private static final ContainerTemplate IMAGE = Scene.template("shop:1");
    private static final String PREVIEW = "shop.pr-12";

    /** An app that is as declared. */
    private static Scene shop() {
        Scene scene = new Scene().app("shop", IMAGE, 1);
        return scene.serve("shop", scene.live("shop", IMAGE, 1));
    }

    private static Scene withPreview(Scene scene) {
        scene.serve(PREVIEW, scene.live(PREVIEW, IMAGE, 1));
        return scene;
    }

    private static String plan(Scene scene) {
        return PlanPrinter.print(scene.plan());
    }

    @Test
    void plan_notWantedAnyMore_isRemovedWhateverTheLimitIs() {
        assertThat(plan(withPreview(shop()).maxDeletes(0)))
                .contains(
                        "app/shop.pr-12\n  - remove it: 1 container, network berth_home_shop.pr-12; volumes follow")
                .doesNotContain("not done");
    }

    @Test
    void plan_volumeOfWhatIsGone_isDeletedUnasked() {
        assertThat(plan(shop().volume(PREVIEW, "data", App.DeletionPolicy.Delete)))
                .contains("app/shop.pr-12\n  - delete volume berth_home_shop.pr-12_data");
    }

    @Test
    void plan_volumeThatItsPreviewMountsNoMore_goesWithThePreview() {
        Scene scene = shop().app(PREVIEW, IMAGE, 1);
        withPreview(scene).volume(PREVIEW, "data", App.DeletionPolicy.Delete);

        assertThat(plan(scene)).as("its app may be of another repo soon").contains("nothing");
        assertThat(scene.plan().orphans()).as("nor is anybody asked about it").isEmpty();
    }

    @Test
    void plan_appMayNotGoYet_keepsItsPreviewsAndTheirData() {
        Scene scene = new Scene().maxDeletes(0);
        scene.serve("shop", scene.live("shop", IMAGE, 1));
        withPreview(scene).volume("shop.pr-13", "data", App.DeletionPolicy.Delete);

        assertThat(plan(scene))
                .contains("app/shop\n  ! not done: PruneBlocked")
                .contains("app/shop.pr-12\n  ! not done: PruneBlocked")
                .doesNotContain("- remove it", "- delete volume");
    }

    @Test
    void plan_appMayGo_takesItsPreviewsAlong() {
        Scene scene = new Scene().maxDeletes(1);
        scene.serve("shop", scene.live("shop", IMAGE, 1));

        assertThat(plan(withPreview(scene)))
                .contains("app/shop\n  - remove it")
                .contains("app/shop.pr-12\n  - remove it");
    }

    @Test
    void plan_appIsHeld_leavesItsPreviews() {
        Scene scene = new Scene().held("shop").maxDeletes(9);
        withPreview(scene).volume("shop.pr-13", "data", App.DeletionPolicy.Delete);

        assertThat(plan(scene)).doesNotContain("- remove it", "- delete volume");
    }
}
