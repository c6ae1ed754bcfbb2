package dev.berth.reconciler.simulation;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.engine.ContainerEngine;
import dev.berth.reconciler.engine.ContainerSpec;
import dev.berth.reconciler.engine.EngineCall;
import dev.berth.reconciler.engine.Epoch;
import dev.berth.reconciler.engine.FakeEngine;
import dev.berth.reconciler.engine.ImageBuild;
import dev.berth.reconciler.engine.RunSpec;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/** The world's engine as one control process reaches it. */
final class SimEngine implements ContainerEngine {
    private final Rim rim;
    private final FakeEngine engine;

    SimEngine(Rim rim, FakeEngine engine) {
        this.rim = rim;
        this.engine = engine;
    }

    private interface Effect {
        void run() throws ReconcileException;
    }

    private void call(EngineCall kind, String subject, Effect effect) throws ReconcileException {
        rim.call(
                Call.of(kind, subject),
                () -> {
                    effect.run();
                    return true;
                });
    }

    @Override
    public List<ContainerView> containers(String instance) throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.CONTAINERS, instance), () -> engine.containers(instance));
    }

    @Override
    public List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.CONTAINERS, names.toString()), () -> engine.foreign(names));
    }

    @Override
    public List<RunView> runs(String instance) throws ReconcileException {
        return rim.call(Call.of(EngineCall.RUNS, instance), () -> engine.runs(instance));
    }

    @Override
    public Optional<RunView> run(ContainerId id) throws ReconcileException {
        return rim.call(Call.of(EngineCall.RUN, id.text()), () -> engine.run(id));
    }

    @Override
    public List<VolumeView> volumes(String instance) throws ReconcileException {
        return rim.call(Call.of(EngineCall.VOLUMES, instance), () -> engine.volumes(instance));
    }

    @Override
    public void removeVolume(String volume) throws ReconcileException {
        call(EngineCall.REMOVE_VOLUME, volume, () -> engine.removeVolume(volume));
    }

    @Override
    public ContainerId createRun(RunSpec spec) throws ReconcileException {
        return rim.call(Call.of(EngineCall.CREATE_RUN, spec.name()), () -> engine.createRun(spec));
    }

    @Override
    public Map<ResourceId, String> networks(String instance) throws ReconcileException {
        return rim.call(Call.of(EngineCall.NETWORKS, instance), () -> engine.networks(instance));
    }

    @Override
    public Optional<ContainerView> container(ContainerId id) throws ReconcileException {
        return rim.call(Call.of(EngineCall.CONTAINER, id.text()), () -> engine.container(id));
    }

    @Override
    public boolean hasImage(String reference) throws ReconcileException {
        return rim.call(Call.of(EngineCall.HAS_IMAGE, reference), () -> engine.hasImage(reference));
    }

    @Override
    public void pullImage(String reference, Duration deadline) throws ReconcileException {
        call(EngineCall.PULL, reference, () -> engine.pullImage(reference, deadline));
    }

    @Override
    public void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException {
        call(EngineCall.BUILD, build.reference(), () -> engine.buildImage(build, log));
    }

    @Override
    public String pushImage(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.PUSH, reference),
                () -> engine.pushImage(reference, deadline, log));
    }

    @Override
    public void tagImage(String image, String name) throws ReconcileException {
        call(EngineCall.TAG, name, () -> engine.tagImage(image, name));
    }

    @Override
    public ImageStore images(String instance) throws ReconcileException {
        return rim.call(Call.of(EngineCall.IMAGES, instance), () -> engine.images(instance));
    }

    @Override
    public Optional<String> imageId(String reference) throws ReconcileException {
        return rim.call(Call.of(EngineCall.IMAGE_ID, reference), () -> engine.imageId(reference));
    }

    @Override
    public void removeImage(String name) throws ReconcileException {
        call(EngineCall.REMOVE_IMAGE, name, () -> engine.removeImage(name));
    }

    @Override
    public long pruneBuildCache(Duration unusedFor) throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.PRUNE_CACHE, unusedFor.toString()),
                () -> engine.pruneBuildCache(unusedFor));
    }

    @Override
    public Optional<DiskUse> disk() throws ReconcileException {
        return rim.call(Call.of(EngineCall.DISK, ""), engine::disk);
    }

    @Override
    public void ensureNetwork(String instance, ResourceId app, String network)
            throws ReconcileException {
        call(
                EngineCall.ENSURE_NETWORK,
                network,
                () -> engine.ensureNetwork(instance, app, network));
    }

    @Override
    public void ensureVolume(String instance, ResourceId app, String volume)
            throws ReconcileException {
        call(EngineCall.ENSURE_VOLUME, volume, () -> engine.ensureVolume(instance, app, volume));
    }

    @Override
    public void removeNetwork(String network) throws ReconcileException {
        call(EngineCall.REMOVE_NETWORK, network, () -> engine.removeNetwork(network));
    }

    @Override
    public ContainerId createContainer(ContainerSpec spec) throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.CREATE, spec.name()), () -> engine.createContainer(spec));
    }

    @Override
    public void putFiles(ContainerId id, SortedMap<String, Secret> files)
            throws ReconcileException {
        call(EngineCall.PUT_FILES, id.text(), () -> engine.putFiles(id, files));
    }

    @Override
    public void readFiles(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException {
        call(
                EngineCall.READ_FILES,
                id.text(),
                () -> engine.readFiles(id, directory, deadline, out));
    }

    @Override
    public void startContainer(ContainerId id) throws ReconcileException {
        call(EngineCall.START, id.text(), () -> engine.startContainer(id));
    }

    @Override
    public void stopContainer(ContainerId id, Duration grace) throws ReconcileException {
        call(EngineCall.STOP, id.text(), () -> engine.stopContainer(id, grace));
    }

    @Override
    public void removeContainer(ContainerId id) throws ReconcileException {
        call(EngineCall.REMOVE, id.text(), () -> engine.removeContainer(id));
    }

    @Override
    public List<String> logTail(ContainerId id, int lines) throws ReconcileException {
        return rim.call(Call.of(EngineCall.LOGS, id.text()), () -> engine.logTail(id, lines));
    }

    @Override
    public ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.EXEC, id.text()), () -> engine.exec(id, command, timeout));
    }

    @Override
    public List<Epoch> epochs(String instance) throws ReconcileException {
        return rim.call(Call.of(EngineCall.EPOCHS, instance), () -> engine.epochs(instance));
    }

    @Override
    public Epoch stampEpoch(String instance, Epoch epoch) throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.STAMP, Long.toString(epoch.number())),
                () -> engine.stampEpoch(instance, epoch));
    }

    @Override
    public void removeEpoch(String instance, long number) throws ReconcileException {
        call(
                EngineCall.REMOVE_STAMP,
                Long.toString(number),
                () -> engine.removeEpoch(instance, number));
    }

    @Override
    public Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        return rim.call(
                Call.of(EngineCall.EVENTS, instance),
                () -> engine.events(instance, onEvent, onEnd));
    }
}
