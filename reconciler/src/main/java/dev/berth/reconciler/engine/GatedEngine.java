package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.DiskUse;
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

/**
 * An engine with a gate before its writes: what could change something asks the gate first, reads
 * go on as they are. The one place that says which calls are writes. A write that was let through
 * may take longer than what let it through holds. Thread-safe if the gate is.
 */
public final class GatedEngine implements ContainerEngine {
    private final ContainerEngine engine;
    private final Gate gate;

    public GatedEngine(ContainerEngine engine, Gate gate) {
        this.engine = engine;
        this.gate = gate;
    }

    /** What is asked before each write. */
    @FunctionalInterface
    public interface Gate {
        /**
         * Lets a write pass.
         *
         * @throws ReconcileException if it may not
         */
        void pass() throws ReconcileException;
    }

    private ContainerEngine open() throws ReconcileException {
        gate.pass();
        return engine;
    }

    @Override
    public List<ContainerView> containers(String instance) throws ReconcileException {
        return engine.containers(instance);
    }

    @Override
    public Optional<ContainerView> container(ContainerId id) throws ReconcileException {
        return engine.container(id);
    }

    @Override
    public Map<ResourceId, String> networks(String instance) throws ReconcileException {
        return engine.networks(instance);
    }

    @Override
    public boolean hasImage(String reference) throws ReconcileException {
        return engine.hasImage(reference);
    }

    @Override
    public void pullImage(String reference, Duration deadline) throws ReconcileException {
        open().pullImage(reference, deadline);
    }

    @Override
    public void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException {
        open().buildImage(build, log);
    }

    @Override
    public String pushImage(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException {
        return open().pushImage(reference, deadline, log);
    }

    @Override
    public void tagImage(String image, String name) throws ReconcileException {
        open().tagImage(image, name);
    }

    @Override
    public ImageStore images(String instance) throws ReconcileException {
        return engine.images(instance);
    }

    @Override
    public Optional<String> imageId(String reference) throws ReconcileException {
        return engine.imageId(reference);
    }

    @Override
    public void removeImage(String name) throws ReconcileException {
        open().removeImage(name);
    }

    @Override
    public long pruneBuildCache(Duration unusedFor) throws ReconcileException {
        return open().pruneBuildCache(unusedFor);
    }

    @Override
    public Optional<DiskUse> disk() throws ReconcileException {
        return engine.disk();
    }

    @Override
    public void ensureNetwork(String instance, ResourceId app, String network)
            throws ReconcileException {
        open().ensureNetwork(instance, app, network);
    }

    @Override
    public void ensureVolume(String instance, ResourceId app, String volume)
            throws ReconcileException {
        open().ensureVolume(instance, app, volume);
    }

    @Override
    public void removeNetwork(String network) throws ReconcileException {
        open().removeNetwork(network);
    }

    @Override
    public List<VolumeView> volumes(String instance) throws ReconcileException {
        return engine.volumes(instance);
    }

    @Override
    public void removeVolume(String volume) throws ReconcileException {
        open().removeVolume(volume);
    }

    @Override
    public List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        return engine.foreign(names);
    }

    @Override
    public List<RunView> runs(String instance) throws ReconcileException {
        return engine.runs(instance);
    }

    @Override
    public Optional<RunView> run(ContainerId id) throws ReconcileException {
        return engine.run(id);
    }

    @Override
    public ContainerId createRun(RunSpec spec) throws ReconcileException {
        return open().createRun(spec);
    }

    @Override
    public ContainerId createContainer(ContainerSpec spec) throws ReconcileException {
        return open().createContainer(spec);
    }

    @Override
    public void putFiles(ContainerId id, SortedMap<String, Secret> files)
            throws ReconcileException {
        open().putFiles(id, files);
    }

    @Override
    public void readFiles(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException {
        engine.readFiles(id, directory, deadline, out);
    }

    @Override
    public void startContainer(ContainerId id) throws ReconcileException {
        open().startContainer(id);
    }

    @Override
    public void stopContainer(ContainerId id, Duration grace) throws ReconcileException {
        open().stopContainer(id, grace);
    }

    @Override
    public void removeContainer(ContainerId id) throws ReconcileException {
        open().removeContainer(id);
    }

    @Override
    public List<String> logTail(ContainerId id, int lines) throws ReconcileException {
        return engine.logTail(id, lines);
    }

    @Override
    public ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException {
        return engine.exec(id, command, timeout);
    }

    @Override
    public List<Epoch> epochs(String instance) throws ReconcileException {
        return engine.epochs(instance);
    }

    @Override
    public Epoch stampEpoch(String instance, Epoch epoch) throws ReconcileException {
        return open().stampEpoch(instance, epoch);
    }

    @Override
    public void removeEpoch(String instance, long number) throws ReconcileException {
        open().removeEpoch(instance, number);
    }

    @Override
    public Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        return engine.events(instance, onEvent, onEnd);
    }
}
