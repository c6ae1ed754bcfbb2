package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * An engine that counts what is asked of it to change; reads are not counted. The count is how
 * "equal means zero writes" is seen from outside. Thread-safe.
 */
public final class MeteredEngine implements ContainerEngine {
    private final ContainerEngine engine;
    private final LongAdder writes = new LongAdder();

    public MeteredEngine(ContainerEngine engine) {
        this.engine = engine;
    }

    /** Calls since the start that could change something, failed ones included. */
    public long writes() {
        return writes.sum();
    }

    private ContainerEngine write() {
        writes.increment();
        return engine;
    }

    @Override
    public List<ContainerView> containers(String instance) throws ReconcileException {
        return engine.containers(instance);
    }

    @Override
    public List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        return engine.foreign(names);
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
        write().pullImage(reference, deadline);
    }

    @Override
    public void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException {
        write().buildImage(build, log);
    }

    @Override
    public void ensureNetwork(String instance, ResourceId app, String network)
            throws ReconcileException {
        write().ensureNetwork(instance, app, network);
    }

    @Override
    public void ensureVolume(String instance, ResourceId app, String volume)
            throws ReconcileException {
        write().ensureVolume(instance, app, volume);
    }

    @Override
    public void removeNetwork(String network) throws ReconcileException {
        write().removeNetwork(network);
    }

    @Override
    public List<VolumeView> volumes(String instance) throws ReconcileException {
        return engine.volumes(instance);
    }

    @Override
    public void removeVolume(String volume) throws ReconcileException {
        write().removeVolume(volume);
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
        return write().createRun(spec);
    }

    @Override
    public ContainerId createContainer(ContainerSpec spec) throws ReconcileException {
        return write().createContainer(spec);
    }

    @Override
    public void putFiles(ContainerId id, SortedMap<String, Secret> files)
            throws ReconcileException {
        write().putFiles(id, files);
    }

    @Override
    public void startContainer(ContainerId id) throws ReconcileException {
        write().startContainer(id);
    }

    @Override
    public void stopContainer(ContainerId id, Duration grace) throws ReconcileException {
        write().stopContainer(id, grace);
    }

    @Override
    public void removeContainer(ContainerId id) throws ReconcileException {
        write().removeContainer(id);
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
        return write().stampEpoch(instance, epoch);
    }

    @Override
    public void removeEpoch(String instance, long number) throws ReconcileException {
        write().removeEpoch(instance, number);
    }

    @Override
    public Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        return engine.events(instance, onEvent, onEnd);
    }
}
