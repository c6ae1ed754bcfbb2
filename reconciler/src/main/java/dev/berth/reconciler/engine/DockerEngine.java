package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A Docker engine, or one that speaks its API (1.41 and later), over its socket. */
public final class DockerEngine implements ContainerEngine, AutoCloseable {
    private final EngineConnection connection;
    private final DockerContainers containers;
    private final DockerShared shared;
    private final DockerEpochs epochs;
    private final DockerImages images;
    private final DockerStock stock;
    private final DockerOutput output;
    private final DockerFiles files;
    private final DockerEvents events;

    /**
     * Makes an adapter; connects at the first call.
     *
     * @param dockerHost {@code unix:///path} or {@code tcp://host:port}, as in DOCKER_HOST
     * @param dockerConfig directory with a {@code config.json} that has logins of registries, as
     *     {@code docker login} writes it; may be missing, read anew at each pull and build; {@code
     *     null} = none
     * @throws IllegalArgumentException if the address has another form
     */
    public DockerEngine(String dockerHost, @Nullable Path dockerConfig, InstantSource clock) {
        this(dockerHost, dockerConfig, RegistryLogins.NONE, clock);
    }

    /**
     * The same.
     *
     * @param logins over those of the file; asked at each pull, push and build
     * @throws IllegalArgumentException likewise
     */
    public DockerEngine(
            String dockerHost,
            @Nullable Path dockerConfig,
            RegistryLogins logins,
            InstantSource clock) {
        this.connection = new EngineConnection(dockerHost, dockerConfig, logins);
        this.containers = new DockerContainers(connection);
        this.shared = new DockerShared(connection);
        this.epochs = new DockerEpochs(connection);
        this.images = new DockerImages(connection);
        this.stock = new DockerStock(connection);
        this.output = new DockerOutput(connection);
        this.files = new DockerFiles(connection);
        this.events = new DockerEvents(connection, clock);
    }

    @Override
    public List<ContainerView> containers(String instance) throws ReconcileException {
        return containers.all(instance);
    }

    @Override
    public List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        return containers.foreign(names);
    }

    @Override
    public Optional<ContainerView> container(ContainerId id) throws ReconcileException {
        return containers.one(id);
    }

    @Override
    public Map<ResourceId, String> networks(String instance) throws ReconcileException {
        return shared.networks(instance);
    }

    @Override
    public boolean hasImage(String reference) throws ReconcileException {
        return images.has(reference);
    }

    @Override
    public void pullImage(String reference, Duration deadline) throws ReconcileException {
        images.pull(reference, deadline);
    }

    @Override
    public void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException {
        images.build(build, log);
    }

    @Override
    public String pushImage(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException {
        return images.push(reference, deadline, log);
    }

    @Override
    public void tagImage(String image, String name) throws ReconcileException {
        images.tag(image, name);
    }

    @Override
    public ImageStore images(String instance) throws ReconcileException {
        return stock.images(instance);
    }

    @Override
    public Optional<String> imageId(String reference) throws ReconcileException {
        return stock.id(reference);
    }

    @Override
    public void removeImage(String name) throws ReconcileException {
        stock.remove(name);
    }

    @Override
    public long pruneBuildCache(Duration unusedFor) throws ReconcileException {
        return stock.pruneBuildCache(unusedFor);
    }

    @Override
    public Optional<DiskUse> disk() throws ReconcileException {
        return stock.disk();
    }

    @Override
    public void ensureNetwork(String instance, ResourceId app, String network)
            throws ReconcileException {
        shared.ensureNetwork(instance, app, network);
    }

    @Override
    public void ensureVolume(String instance, ResourceId app, String volume)
            throws ReconcileException {
        shared.ensureVolume(instance, app, volume);
    }

    @Override
    public void removeNetwork(String network) throws ReconcileException {
        shared.removeNetwork(network);
    }

    @Override
    public List<VolumeView> volumes(String instance) throws ReconcileException {
        return shared.volumes(instance);
    }

    @Override
    public void removeVolume(String volume) throws ReconcileException {
        shared.removeVolume(volume);
    }

    @Override
    public List<RunView> runs(String instance) throws ReconcileException {
        return containers.runs(instance);
    }

    @Override
    public Optional<RunView> run(ContainerId id) throws ReconcileException {
        return containers.oneRun(id);
    }

    @Override
    public ContainerId createRun(RunSpec spec) throws ReconcileException {
        return containers.createRun(spec);
    }

    @Override
    public ContainerId createContainer(ContainerSpec spec) throws ReconcileException {
        return containers.create(spec);
    }

    @Override
    public void putFiles(ContainerId id, SortedMap<String, Secret> files)
            throws ReconcileException {
        containers.putFiles(id, files);
    }

    @Override
    public void readFiles(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException {
        files.read(id, directory, deadline, out);
    }

    @Override
    public void startContainer(ContainerId id) throws ReconcileException {
        containers.start(id);
    }

    @Override
    public void stopContainer(ContainerId id, Duration grace) throws ReconcileException {
        containers.stop(id, grace);
    }

    @Override
    public void removeContainer(ContainerId id) throws ReconcileException {
        containers.remove(id);
    }

    @Override
    public List<String> logTail(ContainerId id, int lines) throws ReconcileException {
        return output.logTail(id, lines);
    }

    @Override
    public ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException {
        return output.exec(id, command, timeout);
    }

    @Override
    public List<Epoch> epochs(String instance) throws ReconcileException {
        return epochs.list(instance);
    }

    @Override
    public Epoch stampEpoch(String instance, Epoch epoch) throws ReconcileException {
        return epochs.stamp(instance, epoch);
    }

    @Override
    public void removeEpoch(String instance, long number) throws ReconcileException {
        shared.removeVolume(ObjectNames.epoch(instance, number));
    }

    @Override
    public Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        return events.follow(instance, onEvent, onEnd);
    }

    /** Breaks off running calls; subscriptions are closed by those who made them. */
    @Override
    public void close() {
        connection.close();
    }
}
