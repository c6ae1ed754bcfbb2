package dev.berth.reconciler.cleanup;

import dev.berth.reconciler.cleanup.CleanupPlan.PruneCache;
import dev.berth.reconciler.cleanup.CleanupPlan.RemoveImage;
import dev.berth.reconciler.cleanup.CleanupPlan.Step;
import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ImageView;
import dev.berth.schemas.config.Instance;
import dev.berth.schemas.config.Kind;
import dev.berth.schemas.config.PreviewId;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what goes from the engine's disk:
 *
 * <ol>
 *   <li>what may go at all: images that this instance built, by their label and name, and those
 *       that Berth has pulled; of nameless ones also what the classic builder left as its cache;
 *   <li>of these, what nobody needs: no container of anybody is made of it, nothing declares it, no
 *       kept release ran it;
 *   <li>what nobody has needed for long enough is due;
 *   <li>above the high watermark the rest presses, what was needed last at the end, then the cache.
 * </ol>
 *
 * <p>What can't be told is taken for needed: all images of an app whose document can't be read, and
 * those of an app that another instance of Berth on the engine has by the same name, which may run
 * them without having built them. Pure.
 */
public final class CleanupPlanner {
    private static final Duration CACHE_LOOKS = Duration.ofDays(1);

    /** Somebody may build on top of them just now. */
    private static final Duration LEAST_AGE_OF_LAYERS = Duration.ofHours(1);

    /** Cache that was used lately saves the most time. */
    private static final List<Duration> CACHE_UNDER_PRESSURE =
            List.of(Duration.ofDays(1), Duration.ofHours(1), Duration.ZERO);

    private static final String NOBODY = "no container and no kept release needs it";

    private final CleanupFacts facts;
    private final Instance.Cleanup rules;
    private final Set<String> needed;

    private CleanupPlanner(CleanupFacts facts) {
        this.facts = facts;
        this.rules = facts.needs().rules();
        this.needed =
                facts.needs().references().stream()
                        .filter(facts.ids()::containsKey)
                        .map(facts.ids()::get)
                        .collect(Collectors.toSet());
    }

    /** What goes now. */
    public static CleanupPlan plan(CleanupFacts facts) {
        return new CleanupPlanner(facts).plan();
    }

    private CleanupPlan plan() {
        if (!rules.enabled()) {
            return new CleanupPlan(List.of(), List.of(), notes(new TreeMap<>(), null));
        }
        List<Idle> idle = idle();
        SortedMap<String, Instant> since =
                new TreeMap<>(facts.needs().hold() == null ? Map.of() : facts.notes().idleSince());
        idle.forEach(one -> since.put(one.image().id(), one.since()));
        List<Step> due = new ArrayList<>();
        List<Step> pressing = new ArrayList<>();
        boolean full = isFull();
        for (Idle one : idle) {
            boolean old = !one.since().plus(rules.after()).isAfter(facts.now());
            if (old) {
                due.addAll(one.steps(NOBODY + " since " + one.since()));
            } else if (full) {
                pressing.addAll(one.steps(NOBODY + ", and " + fullness()));
            }
        }
        Instant cacheDue = facts.notes().cacheDue();
        if (cacheDue != null && !cacheDue.isAfter(facts.now()) && !facts.building()) {
            due.add(new PruneCache(rules.after(), "no build has used it"));
            cacheDue = null;
        }
        if (full && !facts.building()) {
            CACHE_UNDER_PRESSURE.forEach(age -> pressing.add(new PruneCache(age, fullness())));
        }
        return new CleanupPlan(
                due,
                pressing,
                notes(since, cacheDue == null ? facts.now().plus(CACHE_LOOKS) : cacheDue));
    }

    private boolean isFull() {
        DiskUse disk = facts.disk();
        return disk != null && disk.isAbove(rules.high());
    }

    private String fullness() {
        DiskUse disk = facts.disk();
        return disk == null
                ? "the disk is full"
                : "the disk is %.0f %% full, more than %s"
                        .formatted(Math.floor(disk.percent()), rules.highWatermark());
    }

    /** Forgets what is not there any more, and what somebody else has pulled since. */
    private ImageNotes notes(SortedMap<String, Instant> since, @Nullable Instant cacheDue) {
        Set<String> there =
                facts.store().images().stream().map(ImageView::id).collect(Collectors.toSet());
        SortedMap<String, String> pulled = new TreeMap<>();
        facts.notes()
                .pulled()
                .forEach(
                        (reference, id) -> {
                            if (there.contains(id)) {
                                pulled.put(reference, id);
                            }
                        });
        return new ImageNotes(pulled, since, cacheDue);
    }

    /**
     * An image that nobody needs.
     *
     * @param names those of its names that Berth gave it; its id when it has none at all
     */
    private record Idle(ImageView image, List<String> names, Instant since) {
        List<Step> steps(String why) {
            return names.stream()
                    .<Step>map(name -> new RemoveImage(name, image.id(), image.bytes(), why))
                    .toList();
        }
    }

    private List<Idle> idle() {
        if (facts.needs().hold() != null) {
            return List.of();
        }
        List<Idle> idle = new ArrayList<>();
        Map<String, Set<String>> pulled = pulled();
        for (ImageView image : facts.store().images()) {
            if (!image.inUse() && !needed.contains(image.id())) {
                List<String> names = ours(image, pulled.getOrDefault(image.id(), Set.of()));
                if (!names.isEmpty()) {
                    Instant since = facts.notes().idleSince().getOrDefault(image.id(), facts.now());
                    idle.add(new Idle(image, names, since));
                }
            }
        }
        idle.sort(
                Comparator.comparing(Idle::since)
                        .thenComparing(one -> one.image().createdAt())
                        .thenComparing(one -> one.image().id()));
        return idle;
    }

    /** References that Berth has pulled by, by the id of the image; what is held may need any. */
    private Map<String, Set<String>> pulled() {
        if (!facts.needs().held().isEmpty()) {
            return Map.of();
        }
        return facts.notes().pulled().entrySet().stream()
                .collect(
                        Collectors.groupingBy(
                                Map.Entry::getValue,
                                Collectors.mapping(Map.Entry::getKey, Collectors.toSet())));
    }

    /** The names by which it may go; empty when it is none of ours. */
    private List<String> ours(ImageView image, Set<String> pulledBy) {
        if (image.names().isEmpty()) {
            boolean mayGo = isBuilt(image) || !pulledBy.isEmpty() || isLeftOfABuild(image);
            return mayGo && !isYoung(image) ? List.of(image.id()) : List.of();
        }
        Set<String> names = new HashSet<>();
        if (isBuilt(image)) {
            image.names().stream().filter(this::mayGo).forEach(names::add);
        }
        pulledBy.stream()
                .filter(reference -> image.id().equals(facts.ids().get(reference)))
                .forEach(names::add);
        return names.stream().sorted().toList();
    }

    private boolean isBuilt(ImageView image) {
        return facts.needs().instance().equals(image.builtBy());
    }

    private boolean mayGo(String name) {
        int colon = name.lastIndexOf(':');
        String registry = facts.needs().registry();
        String before =
                registry != null && name.startsWith(registry + "/")
                        ? registry + "/"
                        : ImageSource.BUILT;
        if (!name.startsWith(before) || colon < before.length()) {
            return false; // one that people gave it
        }
        String app = name.substring(before.length(), colon);
        PreviewId preview = PreviewId.of(new ResourceId(Kind.App, app));
        return !facts.needs().held().contains(new ResourceId(Kind.App, app))
                && (preview == null || !facts.needs().held().contains(preview.parent()))
                && !facts.store().neighbours().contains(new ResourceId(Kind.App, app));
    }

    /**
     * The cache of the classic builder is images without a name, each on top of another. Whose
     * build it is can't be told: only a full disk is worth that.
     */
    private boolean isLeftOfABuild(ImageView image) {
        return image.layered() && !facts.building() && isFull();
    }

    private boolean isYoung(ImageView image) {
        return image.createdAt().plus(LEAST_AGE_OF_LAYERS).isAfter(facts.now());
    }
}
