package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.model.Network;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Networks and volumes of a Docker engine: what the containers of an app share. Thread-safe. */
final class DockerShared {
    private static final String ADDRESS_POOLS =
            ". Give the engine more networks: \"default-address-pools\" in its daemon.json";

    private final EngineConnection engine;

    /** By the name of a network: held while it is looked for and made. */
    private final ConcurrentMap<String, Lock> making = new ConcurrentHashMap<>();

    DockerShared(EngineConnection engine) {
        this.engine = engine;
    }

    Map<ResourceId, String> networks(String instance) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("list the networks of instance " + instance),
                        () -> {
                            Map<ResourceId, String> found = new HashMap<>();
                            for (Network network : list(instance)) {
                                ContainerLabels.owner(network.getLabels())
                                        .ifPresent(app -> found.put(app, network.getName()));
                            }
                            return Map.copyOf(found);
                        });
    }

    /**
     * One at a time for a name: asked for by two at once, such as an app and a job of it, an engine
     * makes two of one name, and then starts nothing that is to use either. Waiting for another
     * ends when the thread is interrupted; what it has begun itself is finished first, for a
     * network may be made by a call that was given up.
     *
     * @throws ReconcileException.Transient with reason {@code Superseded} if it waited in vain
     */
    void ensureNetwork(String instance, ResourceId app, String name) throws ReconcileException {
        Lock turn = making.computeIfAbsent(name, _ -> new ReentrantLock());
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Transient(
                    ReasonCode.Superseded,
                    "interrupted before network %s was made".formatted(name),
                    e);
        }
        try {
            toTheEnd(
                    () -> {
                        ensureNetworkAlone(instance, app, name);
                        return true;
                    });
        } finally {
            turn.unlock();
        }
    }

    /** On a thread that nobody interrupts; each call has a deadline. */
    private static void toTheEnd(Callable<Boolean> work) throws ReconcileException {
        FutureTask<Boolean> task = new FutureTask<>(work);
        Thread.ofVirtual().name("engine: finish what was begun").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ReconcileException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void ensureNetworkAlone(String instance, ResourceId app, String name)
            throws ReconcileException {
        if (isOurs("network", name, instance, app, networkLabels(name))) {
            return;
        }
        Ask ask = Ask.toWrite("make network " + name, ReasonCode.StartFailed);
        engine.calls()
                .run(
                        ask,
                        () ->
                                engine.client()
                                        .createNetworkCmd()
                                        .withName(name)
                                        .withDriver("bridge")
                                        .withCheckDuplicate(true)
                                        .withLabels(ContainerLabels.ofShared(instance, app))
                                        .exec(),
                        refusal -> {
                            if (refusal.says("address pool")) {
                                throw refusal.withWords(refusal.words() + ADDRESS_POOLS).again();
                            }
                            // Somebody made it just now: it is looked at the next time.
                            throw refusal.status() == 409 ? refusal.again() : refusal.usual();
                        });
    }

    void ensureVolume(String instance, ResourceId app, String name) throws ReconcileException {
        if (isOurs("volume", name, instance, app, volumeLabels(name))) {
            return;
        }
        Map<String, String> labels = ContainerLabels.ofShared(instance, app);
        engine.calls()
                .run(
                        Ask.toWrite("make volume " + name, ReasonCode.StartFailed),
                        () ->
                                engine.client()
                                        .createVolumeCmd()
                                        .withName(name)
                                        .withLabels(labels)
                                        .exec());
    }

    void removeNetwork(String name) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("remove network " + name, ReasonCode.PruneFailed),
                        () -> engine.client().removeNetworkCmd(name).exec(),
                        refusal -> {
                            if (refusal.status() != 404) {
                                throw refusal.again();
                            }
                        });
    }

    List<VolumeView> volumes(String instance) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("list the volumes of instance " + instance),
                        () -> {
                            List<InspectVolumeResponse> answer =
                                    engine.client()
                                            .listVolumesCmd()
                                            .withFilter(
                                                    "label",
                                                    List.of(Labels.INSTANCE + "=" + instance))
                                            .exec()
                                            .getVolumes();
                            return answer == null
                                    ? List.of()
                                    : answer.stream()
                                            .flatMap(v -> view(instance, v))
                                            .sorted(Comparator.comparing(VolumeView::name))
                                            .toList();
                        });
    }

    private static Stream<VolumeView> view(String instance, InspectVolumeResponse volume) {
        return ContainerLabels.owner(volume.getLabels())
                .map(app -> ObjectNames.volumeId(instance, app, volume.getName()))
                .map(id -> new VolumeView(volume.getName(), id))
                .stream();
    }

    void removeVolume(String name) throws ReconcileException {
        engine.calls()
                .act(
                        Ask.toWrite("remove volume " + name, ReasonCode.PruneFailed),
                        () -> engine.client().removeVolumeCmd(name).exec(),
                        refusal -> {
                            if (refusal.status() != 404) {
                                throw refusal.again();
                            }
                        });
    }

    private List<Network> list(String instance) {
        return engine.client()
                .listNetworksCmd()
                .withFilter("label", List.of(Labels.INSTANCE + "=" + instance))
                .exec();
    }

    /** The labels of a network; empty when there is none of that name. */
    private Optional<Map<String, String>> networkLabels(String name) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("inspect network " + name),
                        () -> {
                            Network network =
                                    engine.client().inspectNetworkCmd().withNetworkId(name).exec();
                            // The engine takes the start of an id for a name, too.
                            return network.getName().equals(name)
                                    ? Optional.of(orEmpty(network.getLabels()))
                                    : Optional.empty();
                        },
                        DockerShared::nothingWhenMissing);
    }

    private Optional<Map<String, String>> volumeLabels(String name) throws ReconcileException {
        return engine.calls()
                .run(
                        Ask.toRead("inspect volume " + name),
                        () ->
                                Optional.of(
                                        orEmpty(
                                                engine.client()
                                                        .inspectVolumeCmd(name)
                                                        .exec()
                                                        .getLabels())),
                        DockerShared::nothingWhenMissing);
    }

    private static boolean isOurs(
            String noun,
            String name,
            String instance,
            ResourceId app,
            Optional<Map<String, String>> found)
            throws Stalled {
        if (found.isEmpty()) {
            return false;
        }
        Map<String, String> labels = found.get();
        if (instance.equals(labels.get(Labels.INSTANCE))
                && ContainerLabels.owner(labels).equals(Optional.of(app))) {
            return true;
        }
        throw new Stalled(
                ReasonCode.Conflict,
                "%s %s exists and is not labelled %s=%s, %s=%s, %s=%s: remove it, or make it again with these labels"
                        .formatted(
                                noun,
                                name,
                                Labels.INSTANCE,
                                instance,
                                Labels.KIND,
                                app.kind().word(),
                                Labels.NAME,
                                app.name()));
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> labels) {
        return labels == null ? Map.of() : labels;
    }

    private static <T> Optional<T> nothingWhenMissing(Refusal refusal) throws ReconcileException {
        if (refusal.status() == 404) {
            return Optional.empty();
        }
        throw refusal.usual();
    }
}
