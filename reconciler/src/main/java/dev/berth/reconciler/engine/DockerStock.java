package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.PruneCmd;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PruneType;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.disk.Disks;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.ImageView;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a Docker engine keeps on its disk, and what can be thrown away of it. */
final class DockerStock {
    private static final String NO_NAME = "<none>:<none>";

    /** A large cache is a great many files. */
    private static final Duration PRUNE = Duration.ofMinutes(10);

    private final EngineConnection engine;

    DockerStock(EngineConnection engine) {
        this.engine = engine;
    }

    ImageStore images(String instance) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("list the images"),
                        () -> {
                            List<Image> images = engine.client().listImagesCmd().exec();
                            List<Container> containers =
                                    engine.client().listContainersCmd().withShowAll(true).exec();
                            return store(instance, images, containers);
                        });
    }

    private static ImageStore store(
            String instance, List<Image> images, List<Container> containers) {
        Set<String> used =
                containers.stream().map(Container::getImageId).collect(Collectors.toSet());
        Set<ResourceId> neighbours = new HashSet<>();
        for (Container container : containers) {
            Map<String, String> labels = orEmpty(container.getLabels());
            String owner = labels.get(Labels.INSTANCE);
            if (owner != null && !owner.equals(instance)) {
                ContainerLabels.owner(labels).ifPresent(neighbours::add);
            }
        }
        return new ImageStore(
                images.stream()
                        .map(image -> view(image, used.contains(image.getId())))
                        .sorted(Comparator.comparing(ImageView::id))
                        .toList(),
                neighbours);
    }

    private static ImageView view(Image image, boolean inUse) {
        String parent = image.getParentId();
        return new ImageView(
                image.getId(),
                names(image.getRepoTags()),
                Instant.ofEpochSecond(image.getCreated() == null ? 0 : image.getCreated()),
                image.getSize() == null ? 0 : image.getSize(),
                orEmpty(image.getLabels()).get(Labels.BUILT_BY),
                parent != null && !parent.isEmpty(),
                inUse);
    }

    private static List<String> names(String @Nullable [] tags) {
        return tags == null
                ? List.of()
                : Stream.of(tags).filter(tag -> !tag.equals(NO_NAME)).toList();
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> labels) {
        return labels == null ? Map.of() : labels;
    }

    Optional<String> id(String reference) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("inspect image " + reference),
                        () ->
                                Optional.ofNullable(
                                        engine.client().inspectImageCmd(reference).exec().getId()),
                        refusal -> {
                            if (refusal.status() == 404) {
                                return Optional.empty();
                            }
                            throw refusal.usual();
                        });
    }

    void remove(String name) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("remove image " + name, ReasonCode.PruneFailed),
                        () -> engine.client().removeImageCmd(name).exec(),
                        refusal -> {
                            if (refusal.status() != 404) {
                                throw refusal.again();
                            }
                        });
    }

    long pruneBuildCache(Duration unusedFor) throws ReconcileException {
        return engine.calls()
                .run(
                        new Ask(
                                "remove build cache",
                                PRUNE,
                                ReasonCode.PruneFailed,
                                Ask.Late.TRY_AGAIN),
                        () -> {
                            PruneCmd request = engine.client().pruneCmd(PruneType.BUILD);
                            if (unusedFor.isPositive()) {
                                request.withUntilFilter(unusedFor.toSeconds() + "s");
                            }
                            Long freed = request.exec().getSpaceReclaimed();
                            return freed == null ? 0 : freed;
                        },
                        refusal -> {
                            if (refusal.status() == 404) { // an engine without BuildKit
                                return 0L;
                            }
                            throw refusal.again();
                        });
    }

    Optional<DiskUse> disk() throws ReconcileException {
        if (!engine.isLocal()) {
            return Optional.empty();
        }
        String directory =
                engine.calls()
                        .run(
                                Ask.toRead("ask where it keeps images"),
                                () ->
                                        String.valueOf(
                                                engine.client()
                                                        .infoCmd()
                                                        .exec()
                                                        .getDockerRootDir()));
        return directory.startsWith("/") ? Disks.of(Path.of(directory)) : Optional.empty();
    }
}
