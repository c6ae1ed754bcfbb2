package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.ImageView;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link FakeEngine} keeps on its disk: every image has the same size. Guarded by the
 * engine's lock.
 */
final class FakeStock {
    static final long IMAGE_BYTES = 100 << 20;
    private static final long CACHE_BYTES = 10 << 20;
    private static final String OFFICIAL = "docker.io/library/";

    DiskUse disk = new DiskUse("/var/lib/fake", 100L << 30, 60L << 30);

    /** Labels and time of what was built, by id. */
    private final Map<String, Built> built = new HashMap<>();

    private final List<Instant> cache = new ArrayList<>();
    private final FakeHost host;

    FakeStock(FakeHost host) {
        this.host = host;
    }

    /** Ids of images that have more names than the first. */
    private final Map<String, String> ids = new HashMap<>();

    /** How an image was built. */
    record Built(Map<String, String> labels, Instant at) {}

    void built(ImageBuild build) {
        ids.remove(build.reference());
        built.put(idOf(build.reference()), new Built(Map.copyOf(build.labels()), host.now()));
        cache.add(host.now());
    }

    /** The whole image that a name means; {@code null} when there is none. */
    FakeRegistry.@Nullable Image get(String reference) {
        String name = name(reference).orElse("");
        ImageBehaviour behaviour = host.images.get(name);
        return behaviour == null
                ? null
                : new FakeRegistry.Image(
                        named(name), behaviour, host.imageFiles.get(name), built.get(named(name)));
    }

    /** A name means that image from now on; and the one with its digest, too. */
    void put(String name, FakeRegistry.Image image) {
        host.images.put(name, image.behaviour());
        ids.put(name, image.id());
        if (image.files() != null) {
            host.imageFiles.put(name, image.files());
        }
        if (image.how() != null) {
            built.put(image.id(), image.how());
        }
    }

    private String named(String name) {
        return ids.getOrDefault(name, idOf(name));
    }

    ImageStore images(String instance) {
        Set<ResourceId> neighbours = new HashSet<>();
        for (FakeContainer container : host.containers.values()) {
            String owner = container.labels.get(Labels.INSTANCE);
            if (owner != null && !owner.equals(instance)) {
                ContainerLabels.owner(container.labels).ifPresent(neighbours::add);
            }
        }
        Map<String, List<String>> names = new TreeMap<>();
        for (String name : host.images.keySet()) {
            List<String> its = names.computeIfAbsent(named(name), _ -> new ArrayList<>());
            if (!name.contains("@")) {
                its.add(name);
            }
        }
        return new ImageStore(
                names.entrySet().stream().map(e -> view(e.getKey(), e.getValue())).toList(),
                neighbours);
    }

    private ImageView view(String id, List<String> names) {
        Built how = built.get(id);
        return new ImageView(
                id,
                names,
                how == null ? Instant.EPOCH : how.at(),
                IMAGE_BYTES,
                how == null ? null : how.labels().get(Labels.BUILT_BY),
                false,
                isInUse(id));
    }

    static String idOf(String name) {
        return "sha256:%064x".formatted(name.hashCode() & 0xffffffffL);
    }

    private boolean isInUse(String id) {
        return host.containers.values().stream().anyMatch(c -> named(c.image).equals(id));
    }

    Optional<String> id(String reference) {
        return name(reference).map(this::named);
    }

    /** By its id, or by what people write for its name. */
    private Optional<String> name(String reference) {
        String bare =
                reference.startsWith(OFFICIAL) ? reference.substring(OFFICIAL.length()) : reference;
        return host.images.keySet().stream()
                .filter(
                        name ->
                                name.equals(bare)
                                        || name.equals(bare + ":latest")
                                        || named(name).equals(reference))
                .findFirst();
    }

    /** With the last tag of a repository what names the image there by its digest goes, too. */
    void remove(String reference) throws Transient {
        String name = name(reference).orElse(null);
        if (name == null) {
            return;
        }
        String id = named(name);
        String digest = FakeRegistry.named(name, id);
        List<String> others =
                host.images.keySet().stream()
                        .filter(other -> !other.equals(name) && named(other).equals(id))
                        .toList();
        boolean last = others.stream().allMatch(digest::equals);
        if (last && isInUse(id)) {
            throw new Transient(
                    ReasonCode.PruneFailed,
                    "can't remove image %s: a container is using it".formatted(reference));
        }
        forget(name);
        if (others.stream()
                .filter(other -> !other.equals(digest))
                .noneMatch(other -> FakeRegistry.named(other, id).equals(digest))) {
            forget(digest);
        }
        if (last) {
            built.remove(id);
            free(IMAGE_BYTES);
        }
    }

    private void forget(String name) {
        host.images.remove(name);
        ids.remove(name);
    }

    long prune(Duration unusedFor) {
        Instant before = host.now().minus(unusedFor);
        int size = cache.size();
        cache.removeIf(used -> unusedFor.isZero() || used.isBefore(before));
        if (unusedFor.isZero()) {
            host.cacheMounts.clear();
        }
        long freed = (size - cache.size()) * CACHE_BYTES;
        free(freed);
        return freed;
    }

    private void free(long bytes) {
        disk =
                new DiskUse(
                        disk.directory(),
                        disk.totalBytes(),
                        Math.min(disk.totalBytes(), disk.freeBytes() + bytes));
    }
}
