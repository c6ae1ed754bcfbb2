package dev.berth.reconciler.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.reconciler.cleanup.CleanupPlan.PruneCache;
import dev.berth.reconciler.cleanup.CleanupPlan.RemoveImage;
import dev.berth.reconciler.cleanup.CleanupPlan.Step;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.ImageView;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CleanupPlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);
    private static final String OLD = "berth/shop:000000000001";
    private static final String NEW = "berth/shop:000000000002";

    private final List<ImageView> images = new ArrayList<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> pulled = new HashMap<>();
    private final Map<String, Instant> idleSince = new HashMap<>();
    private Set<String> needed = Set.of();
    private Set<ResourceId> held = Set.of();
    private Set<ResourceId> neighbours = Set.of();
    private Instance.Cleanup rules = Instance.Cleanup.USUAL;
    private @Nullable String hold;
    private @Nullable Instant cacheDue = NOW.plusSeconds(60);
    private @Nullable DiskUse disk = full(50);
    private boolean building;

    private static DiskUse full(int percent) {
        return new DiskUse("/var/lib/docker", 100L << 30, (100L - percent) << 30);
    }

    private CleanupPlannerTest image(String name, UnaryOperator<Image> how) {
        ImageView view = how.apply(new Image("sha256:" + name, List.of(name))).view();
        images.add(view);
        view.names().forEach(each -> ids.put(each, view.id()));
        ids.put(view.id(), view.id());
        return this;
    }

    private CleanupPlannerTest idle(String name, Duration time) {
        idleSince.put("sha256:" + name, NOW.minus(time));
        return this;
    }

    /** Built by us an hour ago unless it is said otherwise. */
    private record Image(
            String id,
            List<String> names,
            @Nullable String builtBy,
            Duration age,
            boolean layered,
            boolean inUse) {
        Image(String id, List<String> names) {
            this(id, names, "home", Duration.ofDays(1), false, false);
        }

        Image by(@Nullable String instance) {
            return new Image(id, names, instance, age, layered, inUse);
        }

        Image used() {
            return new Image(id, names, builtBy, age, layered, true);
        }

        Image named(String... others) {
            return new Image(id, List.of(others), builtBy, age, layered, inUse);
        }

        Image left(Duration since) {
            return new Image(id, List.of(), null, since, true, inUse);
        }

        ImageView view() {
            return new ImageView(id, names, NOW.minus(age), 1 << 20, builtBy, layered, inUse);
        }
    }

    private @Nullable String registry;

    private CleanupPlan plan() {
        return CleanupPlanner.plan(
                new CleanupFacts(
                        new Needs("home", rules, registry, needed, held, hold),
                        new ImageStore(images, neighbours),
                        ids,
                        new ImageNotes(new TreeMap<>(pulled), new TreeMap<>(idleSince), cacheDue),
                        disk,
                        building,
                        NOW));
    }

    private static List<String> names(List<Step> steps) {
        return steps.stream()
                .map(
                        step ->
                                switch (step) {
                                    case RemoveImage image -> image.name();
                                    case PruneCache cache -> "cache " + cache.unusedFor();
                                })
                .toList();
    }

    @Test
    void plan_imageThatNobodyNeedsForLongEnough_isDue() {
        image(OLD, i -> i).idle(OLD, WEEK);

        assertThat(names(plan().due())).containsExactly(OLD);
        assertThat(plan().due().getFirst().why())
                .isEqualTo("no container and no kept release needs it since 2026-11-15T12:00:00Z");
    }

    @Test
    void plan_imageThatWasPushed_goesWithTheNameOfItsRegistry() {
        String shared = "registry.example.com/team/" + OLD.substring("berth/".length());
        String others = "ghcr.io/ada/" + OLD.substring("berth/".length());
        image(OLD, i -> i.named(OLD, shared, others)).idle(OLD, WEEK);
        assertThat(names(plan().due())).containsExactly(OLD);

        registry = "registry.example.com/team";

        assertThat(names(plan().due())).containsExactly(OLD, shared);
    }

    @Test
    void plan_imageThatNobodyNeedsForNotLongEnough_staysAndIsNoted() {
        image(OLD, i -> i).idle(OLD, WEEK.minusSeconds(1)).image(NEW, i -> i);

        CleanupPlan plan = plan();

        assertThat(plan.due()).isEmpty();
        assertThat(plan.notes().idleSince())
                .containsEntry("sha256:" + NEW, NOW)
                .containsEntry("sha256:" + OLD, NOW.minus(WEEK).plusSeconds(1));
    }

    @Test
    void plan_imageOfAContainerOrThatIsNeeded_staysHoweverFullTheDiskIs() {
        image(OLD, Image::used).idle(OLD, WEEK).image(NEW, i -> i).idle(NEW, WEEK);
        needed = Set.of(NEW);
        disk = full(99);

        assertThat(plan().due()).isEmpty();
        assertThat(names(plan().pressing())).noneMatch(name -> name.startsWith("berth/"));
        assertThat(plan().notes().idleSince()).isEmpty();
    }

    @Test
    void plan_neededByAnotherNameOfTheSameImage_stays() {
        image("ghcr.io/acme/shop:1", i -> i.by(null)).idle("ghcr.io/acme/shop:1", WEEK);
        pulled.put("ghcr.io/acme/shop:1", "sha256:ghcr.io/acme/shop:1");
        ids.put("ghcr.io/acme/shop@sha256:77", "sha256:ghcr.io/acme/shop:1");
        needed = Set.of("ghcr.io/acme/shop@sha256:77");

        assertThat(plan().due()).isEmpty();
    }

    @Test
    void plan_imageThatBerthDidNotBring_stays() {
        disk = full(99);
        image("node:24", i -> i.by(null)).idle("node:24", WEEK);
        image(OLD, i -> i.by("other")).idle(OLD, WEEK);
        image(NEW, i -> i.by(null)).idle(NEW, WEEK);

        assertThat(plan().due()).isEmpty();
        assertThat(names(plan().pressing())).allMatch(name -> name.startsWith("cache "));
    }

    @Test
    void plan_pulledImage_goesByTheNameItWasPulledBy() {
        image("redis:7", i -> i.by(null).named("redis:7", "mine:1")).idle("redis:7", WEEK);
        pulled.put("docker.io/library/redis:7", "sha256:redis:7");
        ids.put("docker.io/library/redis:7", "sha256:redis:7");

        assertThat(names(plan().due())).containsExactly("docker.io/library/redis:7");
    }

    @Test
    void plan_nameThatMeansAnotherImageByNow_stays() {
        image("shop:latest", i -> i.by(null)).idle("shop:latest", WEEK);
        pulled.put("shop:latest", "sha256:gone");

        CleanupPlan plan = plan();

        assertThat(plan.due()).isEmpty();
        assertThat(plan.notes().pulled()).isEmpty();
    }

    @Test
    void plan_pulledImageThatLostItsName_goesById() {
        image("shop:1", i -> i.by(null).named()).idle("shop:1", WEEK);
        pulled.put("shop:1", "sha256:shop:1");

        assertThat(names(plan().due())).containsExactly("sha256:shop:1");
    }

    @Test
    void plan_builtImageWithANameThatPeopleGaveIt_keepsThat() {
        image(OLD, i -> i.named(OLD, "archive/shop:2025")).idle(OLD, WEEK);

        assertThat(names(plan().due())).containsExactly(OLD);
    }

    @Test
    void plan_imageMadeByPeopleFromOneOfOurs_stays() {
        image("acme/tool:1", i -> i).idle("acme/tool:1", WEEK); // labels are inherited

        assertThat(plan().due()).isEmpty();
    }

    @Test
    void plan_appWhoseDocumentCantBeRead_keepsAllItsImagesAndAllThatWerePulled() {
        held = Set.of(ResourceId.app("shop"));
        image(OLD, i -> i).idle(OLD, WEEK);
        image("berth/blog:000000000001", i -> i).idle("berth/blog:000000000001", WEEK);
        image("redis:7", i -> i.by(null)).idle("redis:7", WEEK);
        pulled.put("redis:7", "sha256:redis:7");

        assertThat(names(plan().due())).containsExactly("berth/blog:000000000001");
    }

    @Test
    void plan_appThatAnotherBerthHasToo_keepsItsImages() {
        neighbours = Set.of(ResourceId.app("shop"), new ResourceId(Kind.Job, "blog"));
        image(OLD, i -> i).idle(OLD, WEEK);
        image("berth/blog:000000000001", i -> i).idle("berth/blog:000000000001", WEEK);

        assertThat(names(plan().due())).containsExactly("berth/blog:000000000001");
    }

    @Test
    void plan_whileNothingMayBeDeleted_noImageGoesAndTheTimeRunsOn() {
        hold = "apps/shop.yaml can't be understood";
        disk = full(99);
        image(OLD, i -> i).idle(OLD, WEEK);

        assertThat(plan().due()).isEmpty();
        assertThat(names(plan().pressing())).allMatch(name -> name.startsWith("cache "));
        assertThat(plan().notes().idleSince()).containsKey("sha256:" + OLD);
    }

    @Test
    void plan_diskAboveTheHighWatermark_imagesGoOldestFirstAndThenTheCache() {
        disk = full(85);
        image(NEW, i -> i).idle(NEW, Duration.ofHours(1));
        image(OLD, i -> i).idle(OLD, Duration.ofHours(2));

        assertThat(plan().due()).isEmpty();
        assertThat(names(plan().pressing()))
                .containsExactly(OLD, NEW, "cache PT24H", "cache PT1H", "cache PT0S");
        assertThat(plan().pressing().getFirst().why())
                .isEqualTo(
                        "no container and no kept release needs it, and the disk is 85 % full, more"
                                + " than 85%");
    }

    @Test
    void plan_diskBelowTheHighWatermarkOrUnseen_nothingPresses() {
        image(OLD, i -> i);
        disk = full(84);
        assertThat(plan().pressing()).isEmpty();
        disk = null;
        assertThat(plan().pressing()).isEmpty();
    }

    @Test
    void plan_whileSomethingIsBuilt_noCacheGoes() {
        building = true;
        cacheDue = NOW;
        disk = full(99);
        image("left", i -> i.left(Duration.ofDays(30))).idle("left", WEEK);

        assertThat(plan().due()).isEmpty();
        assertThat(plan().pressing()).isEmpty();
        assertThat(plan().notes().cacheDue()).isEqualTo(NOW);
    }

    @Test
    void plan_layersThatAClassicBuildLeft_goOnceTheyAreOldEnoughAndTheDiskIsFull() {
        image("old", i -> i.left(Duration.ofHours(2))).idle("old", WEEK);
        image("young", i -> i.left(Duration.ofMinutes(59))).idle("young", WEEK);

        assertThat(plan().due()).isEmpty();
        disk = full(90);
        assertThat(names(plan().due())).containsExactly("sha256:old");
    }

    @Test
    void plan_namelessImageOfSomebodyElse_stays() {
        image("theirs", i -> i.named().by(null)).idle("theirs", WEEK);

        assertThat(plan().due()).isEmpty();
    }

    @Test
    void plan_cache_isPrunedByAgeOnceADay() {
        cacheDue = null;
        assertThat(plan().due()).isEmpty();
        assertThat(plan().notes().cacheDue()).isEqualTo(NOW.plus(Duration.ofDays(1)));

        cacheDue = NOW;
        assertThat(names(plan().due())).containsExactly("cache PT168H");
        assertThat(plan().notes().cacheDue()).isEqualTo(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void plan_notEnabled_nothingGoes() {
        rules = new Instance.Cleanup(false, WEEK, "85%", "75%");
        disk = full(99);
        cacheDue = NOW;
        image(OLD, i -> i).idle(OLD, WEEK);

        assertThat(plan().due()).isEmpty();
        assertThat(plan().pressing()).isEmpty();
    }
}
