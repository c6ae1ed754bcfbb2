package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.schemas.status.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stamps on a Docker engine: volumes that are never mounted. To create a volume of a name that is
 * taken is answered with the one that is there (Docker API, {@code POST /volumes/create}), so two
 * who stamp at once learn who came first.
 */
final class DockerEpochs {
    private final EngineConnection engine;

    DockerEpochs(EngineConnection engine) {
        this.engine = engine;
    }

    List<Epoch> list(String instance) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("list who writes for instance " + instance),
                        () -> {
                            List<InspectVolumeResponse> found =
                                    engine.client()
                                            .listVolumesCmd()
                                            .withFilter(
                                                    "label",
                                                    List.of(
                                                            Labels.INSTANCE + "=" + instance,
                                                            Labels.EPOCH))
                                            .exec()
                                            .getVolumes();
                            return found == null
                                    ? List.of()
                                    : found.stream().flatMap(v -> read(v.getLabels())).toList();
                        });
    }

    Epoch stamp(String instance, Epoch epoch) throws ReconcileException {
        String name = ObjectNames.epoch(instance, epoch.number());
        engine.calls()
                .run(
                        Ask.toWrite("make volume " + name, ReasonCode.NotWriter),
                        () ->
                                engine.client()
                                        .createVolumeCmd()
                                        .withName(name)
                                        .withLabels(labels(instance, epoch))
                                        .exec());
        return list(instance).stream()
                .filter(standing -> standing.number() == epoch.number())
                .findFirst()
                .orElse(new Epoch(epoch.number(), "")); // taken away again, or none of ours
    }

    static Map<String, String> labels(String instance, Epoch epoch) {
        return Map.of(
                Labels.INSTANCE,
                instance,
                Labels.EPOCH,
                Long.toString(epoch.number()),
                Labels.HOLDER,
                epoch.holder());
    }

    /** The stamp that these labels say; none when they say none. */
    static Stream<Epoch> read(@Nullable Map<String, String> labels) {
        if (labels == null || !labels.containsKey(Labels.HOLDER)) {
            return Stream.empty();
        }
        try {
            long number = Long.parseLong(labels.getOrDefault(Labels.EPOCH, ""));
            return number < 1
                    ? Stream.empty()
                    : Stream.of(new Epoch(number, labels.get(Labels.HOLDER)));
        } catch (NumberFormatException e) {
            return Stream.empty(); // somebody else's label
        }
    }
}
