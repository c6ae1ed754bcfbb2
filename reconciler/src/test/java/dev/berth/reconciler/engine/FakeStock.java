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

/**
 * What the {@link FakeEngine} keeps on its disk: every image has one name and the same size.
 * Guarded by the engine's lock.
 */
final class FakeStock {
    static final long IMAGE_BYTES = 100 << 20;
    private static final long CACHE_BYTES = 10 << 20;
    private static final String OFFICIAL = "docker.io/library/";

    DiskUse disk = new DiskUse("/var/lib/fake", 100L << 30, 60L << 30);

    /** Labels and time of what was built here, by name. */
    private final Map<String, Built> built = new HashMap<>();

    private final List<Instant> cache = new ArrayList<>();
    private final FakeHost host;

    FakeStock(FakeHost host) {
        this.host = host;
    }

    private record Built(Map<String, String> labels, Instant at) {}

    void built(ImageBuild build) {
        built.put(build.reference(), new Built(Map.copyOf(build.labels()), host.now()));
        cache.add(host.now());
    }

    ImageStore images(String instance) {
        Set<ResourceId> neighbours = new HashSet<>();
        for (FakeContainer container : host.containers.values()) {
            String owner = container.labels.get(Labels.INSTANCE);
            if (owner != null && !owner.equals(instance)) {
                ContainerLabels.owner(container.labels).ifPresent(neighbours::add);
            }
        }
        return new ImageStore(host.images.keySet().stream().map(this::view).toList(), neighbours);
    }

    private ImageView view(String name) {
        Built how = built.get(name);
        return new ImageView(
                idOf(name),
                List.of(name),
                how == null ? Instant.EPOCH : how.at(),
                IMAGE_BYTES,
                how == null ? null : how.labels().get(Labels.BUILT_BY),
                false,
                isInUse(name));
    }

    private static String idOf(String name) {
        return "sha256:%064x".formatted(name.hashCode() & 0xffffffffL);
    }

    private boolean isInUse(String name) {
        return host.containers.values().stream().anyMatch(c -> c.image.equals(name));
    }

    Optional<String> id(String reference) {
        return name(reference).map(FakeStock::idOf);
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
                                        || idOf(name).equals(reference))
                .findFirst();
    }

    void remove(String reference) throws Transient {
        Optional<String> name = name(reference);
        if (name.isEmpty()) {
            return;
        }
        if (isInUse(name.get())) {
            throw new Transient(
                    ReasonCode.PruneFailed,
                    "can't remove image %s: a container is using it".formatted(reference));
        }
        host.images.remove(name.get());
        built.remove(name.get());
        free(IMAGE_BYTES);
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
