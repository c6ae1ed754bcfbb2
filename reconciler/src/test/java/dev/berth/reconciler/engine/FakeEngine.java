package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.disk.DiskUse;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.ImageStore;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.ObjectNames;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.live.VolumeView;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.ResourceId;
import dev.berth.schemas.status.ReasonCode;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A container engine in memory that keeps the contract of {@link ContainerEngine}, and that tests
 * program and look into. Containers outlive {@link #down}. Events are delivered on the thread that
 * caused them, after the call had its effect. Thread-safe.
 */
public final class FakeEngine implements ContainerEngine {
    private final Object lock = new Object();
    private final FakeHost host;
    private final FakeFaults faults = new FakeFaults();
    private final FakeHands hands = new FakeHands(this);
    private final List<Entry> journal = new ArrayList<>();
    private final Map<EngineCall, Integer> writes = new EnumMap<>(EngineCall.class);
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final Map<String, ImageBehaviour> builds = new TreeMap<>();
    private final List<ImageBuild> buildsAsked = new CopyOnWriteArrayList<>();
    private volatile FakeRegistry registry = new FakeRegistry();
    private volatile RegistryLogins logins = RegistryLogins.NONE;

    public FakeEngine(InstantSource clock) {
        this.host = new FakeHost(clock);
    }

    /**
     * One call.
     *
     * @param subject name of the container, network, volume, image or instance
     */
    public record Entry(EngineCall call, String subject) {
        @Override
        public String toString() {
            return call + " " + subject;
        }
    }

    // Programming it

    /** Puts an image into the engine. */
    public FakeEngine withImage(String reference, ImageBehaviour behaviour) {
        return byHand(h -> h.images.put(reference, behaviour));
    }

    /** Puts images that just run into the engine. */
    public FakeEngine withImages(String... references) {
        for (String reference : references) {
            withImage(reference, new ImageBehaviour.Runs());
        }
        return this;
    }

    /** Puts an image into the registry that {@link #pullImage} asks. */
    public FakeEngine withRegistryImage(String reference, ImageBehaviour behaviour) {
        registry.put(reference, behaviour);
        return this;
    }

    /** What it pulls from and pushes to, which others may do, too. */
    public FakeEngine at(FakeRegistry shared) {
        registry = shared;
        return this;
    }

    /** Who it is to registries. */
    public FakeEngine as(RegistryLogins given) {
        logins = given;
        return this;
    }

    /** What it pulls from and pushes to. */
    public FakeRegistry registry() {
        return registry;
    }

    /** What images built under references with this prefix do; they just run if nothing is said. */
    public FakeEngine withBuild(String referencePrefix, ImageBehaviour behaviour) {
        return byHand(_ -> builds.put(referencePrefix, behaviour));
    }

    /** How full its disk is; what is removed frees some of it. */
    public FakeEngine withDisk(DiskUse disk) {
        return byHand(h -> h.stock.disk = disk);
    }

    /** What goes wrong. */
    public FakeFaults faults() {
        return faults;
    }

    /** What people do to it by hand. */
    public FakeHands byHand() {
        return hands;
    }

    /** The engine goes away; what it runs goes on. Subscriptions end. */
    public void down() {
        faults.down(true);
        List<Follower> ended = List.copyOf(followers);
        followers.clear();
        ended.forEach(follower -> follower.onEnd().run());
    }

    /** Who followed its events is gone. */
    public void endSubscriptions() {
        followers.clear();
    }

    /** What time it is there. */
    public Instant now() {
        return host.now();
    }

    /** The engine is back. */
    public void up() {
        faults.down(false);
    }

    // Looking into it

    /** Calls that can change something, by kind; an ensure call only when it made something. */
    public Map<EngineCall, Integer> writes() {
        synchronized (lock) {
            return new EnumMap<>(writes);
        }
    }

    /** How many there were in all. */
    public int writeCount() {
        return writes().values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Every call so far, in order. */
    public List<Entry> journal() {
        synchronized (lock) {
            return List.copyOf(journal);
        }
    }

    /** Forgets journal and counts. */
    public void forgetCalls() {
        synchronized (lock) {
            journal.clear();
            writes.clear();
        }
    }

    /** What it was asked to build, in order. */
    public List<ImageBuild> buildsAsked() {
        return List.copyOf(buildsAsked);
    }

    /** Names of all volumes. */
    public List<String> volumes() {
        synchronized (lock) {
            return List.copyOf(host.volumes.keySet());
        }
    }

    /** Variables and files that a container was given and no label tells, values in the clear. */
    public SortedMap<String, String> secretsOf(String container) {
        synchronized (lock) {
            SortedMap<String, String> given = new TreeMap<>();
            host.named(container)
                    .ifPresent(
                            c -> {
                                c.secretEnv.forEach((name, v) -> given.put(name, v.text()));
                                c.files.forEach((path, v) -> given.put(path, v.text()));
                            });
            return given;
        }
    }

    /** What stands in a container's labels, for all who may ask the engine. */
    public Map<String, String> labelsOf(String container) {
        synchronized (lock) {
            return host.named(container).map(c -> c.labels).orElse(Map.of());
        }
    }

    /** Names of all images. */
    public List<String> images() {
        synchronized (lock) {
            return host.images.keySet().stream().filter(name -> !name.contains("@")).toList();
        }
    }

    /** Everything that is in it, also what is none of ours; counts as no call. */
    public Contents contents() {
        synchronized (lock) {
            return new Contents(
                    host.containers.values().stream().map(host::item).toList(),
                    host.networks,
                    host.volumes);
        }
    }

    /**
     * What is in an engine.
     *
     * @param networks labels by name
     * @param volumes likewise
     */
    public record Contents(
            List<Item> containers,
            Map<String, Map<String, String>> networks,
            Map<String, Map<String, String>> volumes) {
        public Contents {
            containers = List.copyOf(containers);
            networks = new TreeMap<>(networks);
            volumes = new TreeMap<>(volumes);
        }
    }

    /**
     * A container.
     *
     * @param view {@code null} when it is none of ours
     */
    public record Item(
            ContainerId id,
            String name,
            Map<String, String> labels,
            ContainerView.State state,
            boolean live,
            @Nullable ContainerView view) {}

    /** What may never be, in words; empty when all is well. See {@link EngineInvariants}. */
    public List<String> brokenInvariants() {
        synchronized (lock) {
            return EngineInvariants.broken(host);
        }
    }

    // The port

    @Override
    public List<ContainerView> containers(String instance) throws ReconcileException {
        return call(
                EngineCall.CONTAINERS,
                instance,
                () ->
                        host.containers.values().stream()
                                .filter(c -> instance.equals(c.labels.get(Labels.INSTANCE)))
                                .flatMap(c -> host.view(c).stream())
                                .sorted(ContainerView.ORDER)
                                .toList());
    }

    @Override
    public List<ForeignContainer> foreign(Set<String> names) throws ReconcileException {
        return call(
                EngineCall.CONTAINERS,
                names.toString(),
                () ->
                        host.containers.values().stream()
                                .filter(c -> names.contains(c.name))
                                .map(
                                        c ->
                                                new ForeignContainer(
                                                        c.id,
                                                        c.name,
                                                        c.state instanceof ContainerView.Running
                                                                || c.state
                                                                        instanceof
                                                                        ContainerView.Restarting,
                                                        c.labels.get(Labels.INSTANCE)))
                                .sorted(Comparator.comparing(ForeignContainer::name))
                                .toList());
    }

    @Override
    public Optional<ContainerView> container(ContainerId id) throws ReconcileException {
        return call(
                EngineCall.CONTAINER,
                nameOf(id),
                () -> Optional.ofNullable(host.containers.get(id)).flatMap(host::view));
    }

    @Override
    public Map<ResourceId, String> networks(String instance) throws ReconcileException {
        return call(
                EngineCall.NETWORKS,
                instance,
                () -> {
                    Map<ResourceId, String> found = new TreeMap<>();
                    host.networks.forEach(
                            (name, labels) -> {
                                if (instance.equals(labels.get(Labels.INSTANCE))) {
                                    ContainerLabels.owner(labels)
                                            .ifPresent(app -> found.put(app, name));
                                }
                            });
                    return Map.copyOf(found);
                });
    }

    @Override
    public boolean hasImage(String reference) throws ReconcileException {
        return call(EngineCall.HAS_IMAGE, reference, () -> host.images.containsKey(reference));
    }

    @Override
    public void pullImage(String reference, Duration deadline) throws ReconcileException {
        write(
                EngineCall.PULL,
                reference,
                () -> {
                    host.stock.put(reference, registry.pull(reference, logins));
                });
    }

    @Override
    public String pushImage(String reference, Duration deadline, Consumer<String> log)
            throws ReconcileException {
        return write(
                EngineCall.PUSH,
                reference,
                () -> {
                    FakeRegistry.Image image = host.stock.get(reference);
                    if (image == null) {
                        throw new Transient(
                                ReasonCode.PushFailed,
                                "can't push %s: no such image here".formatted(reference));
                    }
                    log.accept("The push refers to repository of " + reference);
                    String named = registry.push(reference, image, logins);
                    host.stock.put(named, image);
                    return named;
                });
    }

    @Override
    public void tagImage(String image, String name) throws ReconcileException {
        write(
                EngineCall.TAG,
                name,
                () -> {
                    FakeRegistry.Image found = host.stock.get(image);
                    if (found == null) {
                        throw new Transient(
                                ReasonCode.PullFailed,
                                "can't tag %s as %s: no such image".formatted(image, name));
                    }
                    host.stock.put(name, found);
                });
    }

    @Override
    public void buildImage(ImageBuild build, Consumer<String> log) throws ReconcileException {
        write(
                EngineCall.BUILD,
                build.reference(),
                () -> {
                    buildsAsked.add(build);
                    host.imageFiles.put(
                            build.reference(),
                            new FakeBuilder(build, host.images::containsKey, host.cacheMounts, log)
                                    .run());
                    host.images.put(build.reference(), built(build.reference()));
                    host.stock.built(build);
                });
    }

    @Override
    public ImageStore images(String instance) throws ReconcileException {
        return call(EngineCall.IMAGES, instance, () -> host.stock.images(instance));
    }

    @Override
    public Optional<String> imageId(String reference) throws ReconcileException {
        return call(EngineCall.IMAGE_ID, reference, () -> host.stock.id(reference));
    }

    @Override
    public void removeImage(String name) throws ReconcileException {
        write(EngineCall.REMOVE_IMAGE, name, () -> host.stock.remove(name));
    }

    @Override
    public long pruneBuildCache(Duration unusedFor) throws ReconcileException {
        return write(
                EngineCall.PRUNE_CACHE, unusedFor.toString(), () -> host.stock.prune(unusedFor));
    }

    @Override
    public Optional<DiskUse> disk() throws ReconcileException {
        return call(EngineCall.DISK, "", () -> Optional.of(host.stock.disk));
    }

    @Override
    public void ensureNetwork(String instance, ResourceId app, String network)
            throws ReconcileException {
        ensure(EngineCall.ENSURE_NETWORK, network, ContainerLabels.ofShared(instance, app));
    }

    @Override
    public void ensureVolume(String instance, ResourceId app, String volume)
            throws ReconcileException {
        ensure(EngineCall.ENSURE_VOLUME, volume, ContainerLabels.ofShared(instance, app));
    }

    @Override
    public void removeNetwork(String network) throws ReconcileException {
        write(
                EngineCall.REMOVE_NETWORK,
                network,
                () -> {
                    if (host.containers.values().stream()
                            .anyMatch(c -> c.live() && c.networks.containsKey(network))) {
                        throw new Transient(
                                ReasonCode.PruneFailed,
                                "can't remove network " + network + ": it has active endpoints");
                    }
                    host.networks.remove(network);
                });
    }

    @Override
    public List<VolumeView> volumes(String instance) throws ReconcileException {
        return call(
                EngineCall.VOLUMES,
                instance,
                () ->
                        host.volumes.entrySet().stream()
                                .filter(v -> instance.equals(v.getValue().get(Labels.INSTANCE)))
                                .flatMap(
                                        v ->
                                                ContainerLabels.owner(v.getValue())
                                                        .map(
                                                                app ->
                                                                        ObjectNames.volumeId(
                                                                                instance,
                                                                                app,
                                                                                v.getKey()))
                                                        .map(id -> new VolumeView(v.getKey(), id))
                                                        .stream())
                                .toList());
    }

    @Override
    public void removeVolume(String volume) throws ReconcileException {
        write(
                EngineCall.REMOVE_VOLUME,
                volume,
                () -> {
                    if (host.containers.values().stream().anyMatch(c -> mounts(c, volume))) {
                        throw new Transient(
                                ReasonCode.PruneFailed,
                                "can't remove volume " + volume + ": it is in use");
                    }
                    host.volumes.remove(volume);
                });
    }

    private static boolean mounts(FakeContainer container, String volume) {
        return container.template != null && container.template.mounts().containsValue(volume);
    }

    @Override
    public List<RunView> runs(String instance) throws ReconcileException {
        return call(
                EngineCall.RUNS,
                instance,
                () ->
                        host.containers.values().stream()
                                .filter(c -> instance.equals(c.labels.get(Labels.INSTANCE)))
                                .flatMap(c -> c.run().stream())
                                .sorted(RunView.ORDER)
                                .toList());
    }

    @Override
    public Optional<RunView> run(ContainerId id) throws ReconcileException {
        return call(
                EngineCall.RUN,
                nameOf(id),
                () -> Optional.ofNullable(host.containers.get(id)).flatMap(FakeContainer::run));
    }

    @Override
    public ContainerId createRun(RunSpec spec) throws ReconcileException {
        return write(
                EngineCall.CREATE_RUN,
                spec.name(),
                () ->
                        create(
                                spec.name(),
                                RunLabels.of(spec).write(),
                                spec.template(),
                                spec.network(),
                                spec.secretEnv(),
                                labels ->
                                        RunLabels.read(labels)
                                                .filter(l -> l.matches(spec))
                                                .isPresent()));
    }

    @Override
    public ContainerId createContainer(ContainerSpec spec) throws ReconcileException {
        return write(EngineCall.CREATE, spec.name(), () -> create(spec));
    }

    @Override
    public void putFiles(ContainerId id, SortedMap<String, Secret> files)
            throws ReconcileException {
        write(
                EngineCall.PUT_FILES,
                nameOf(id),
                () -> {
                    FakeContainer container = host.containers.get(id);
                    if (container == null) {
                        throw new Transient(
                                ReasonCode.StartFailed,
                                "can't put files into container %s: it is gone"
                                        .formatted(id.shortId()));
                    }
                    container.files.putAll(files);
                });
    }

    @Override
    public void readFiles(ContainerId id, String directory, Duration deadline, OutputStream out)
            throws ReconcileException {
        SortedMap<String, byte[]> found =
                call(
                        EngineCall.READ_FILES,
                        nameOf(id),
                        () -> {
                            FakeContainer container = host.containers.get(id);
                            if (container == null) {
                                throw new Transient(
                                        ReasonCode.BuildFailed, "No such container: " + id);
                            }
                            return host.imageFiles
                                    .getOrDefault(image(container), new TreeMap<>())
                                    .subMap(directory + "/", directory + "0");
                        });
        if (found.isEmpty()) {
            throw new Stalled(
                    ReasonCode.BuildFailed,
                    "Could not find the file %s in container %s".formatted(directory, id));
        }
        Contexts.write(found, directory.length() + 1, out);
    }

    private static String image(FakeContainer container) {
        return container.template == null ? "" : container.template.image();
    }

    @Override
    public void startContainer(ContainerId id) throws ReconcileException {
        write(
                EngineCall.START,
                nameOf(id),
                () -> {
                    FakeContainer container = host.containers.get(id);
                    if (container == null) {
                        throw new Transient(
                                ReasonCode.StartFailed,
                                "can't start container " + id.shortId() + ": it is gone");
                    }
                    host.start(container);
                });
    }

    @Override
    public void stopContainer(ContainerId id, Duration grace) throws ReconcileException {
        write(
                EngineCall.STOP,
                nameOf(id),
                () ->
                        Optional.ofNullable(host.containers.get(id))
                                .ifPresent(c -> host.stop(c, 143)));
    }

    @Override
    public void removeContainer(ContainerId id) throws ReconcileException {
        write(
                EngineCall.REMOVE,
                nameOf(id),
                () -> Optional.ofNullable(host.containers.get(id)).ifPresent(host::remove));
    }

    @Override
    public List<String> logTail(ContainerId id, int lines) throws ReconcileException {
        return call(
                EngineCall.LOGS,
                nameOf(id),
                () -> {
                    FakeContainer container = host.containers.get(id);
                    List<String> log = container == null ? List.of() : container.log;
                    return List.copyOf(log.subList(Math.max(0, log.size() - lines), log.size()));
                });
    }

    @Override
    public ExecResult exec(ContainerId id, List<String> command, Duration timeout)
            throws ReconcileException {
        return call(
                EngineCall.EXEC,
                nameOf(id),
                () -> {
                    FakeContainer container = host.containers.get(id);
                    FakeShell.Result result = FakeShell.run(command);
                    Integer code = result.exitCode();
                    if (container == null
                            || !(container.state instanceof ContainerView.Running)
                            || code == null) {
                        throw new Transient(
                                ReasonCode.HealthCheckFailed,
                                "the command in container %s did not end, or it does not run"
                                        .formatted(id.shortId()));
                    }
                    String printed = container.printed(command);
                    return printed == null
                            ? new ExecResult(code, String.join("\n", result.output()))
                            : new ExecResult(0, printed);
                });
    }

    @Override
    public Subscription events(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd)
            throws ReconcileException {
        return call(
                EngineCall.EVENTS,
                instance,
                () -> {
                    Follower follower = new Follower(instance, onEvent, onEnd);
                    followers.add(follower);
                    return () -> followers.remove(follower);
                });
    }

    @Override
    public List<Epoch> epochs(String instance) throws ReconcileException {
        return call(
                EngineCall.EPOCHS,
                instance,
                () ->
                        host.volumes.values().stream()
                                .filter(labels -> instance.equals(labels.get(Labels.INSTANCE)))
                                .flatMap(DockerEpochs::read)
                                .toList());
    }

    @Override
    public Epoch stampEpoch(String instance, Epoch epoch) throws ReconcileException {
        String name = ObjectNames.epoch(instance, epoch.number());
        return write(
                EngineCall.STAMP,
                name,
                () -> {
                    host.volumes.putIfAbsent(name, DockerEpochs.labels(instance, epoch));
                    return DockerEpochs.read(host.volumes.get(name)).findFirst().orElseThrow();
                });
    }

    @Override
    public void removeEpoch(String instance, long number) throws ReconcileException {
        String name = ObjectNames.epoch(instance, number);
        write(
                EngineCall.REMOVE_STAMP,
                name,
                () -> {
                    host.volumes.remove(name);
                });
    }

    // Private

    private record Follower(String instance, Consumer<EngineEvent> onEvent, Runnable onEnd) {}

    private interface Action<T> {
        T run() throws ReconcileException;
    }

    private interface Effect {
        void run() throws ReconcileException;
    }

    FakeEngine byHand(Consumer<FakeHost> deed) {
        List<FakeHost.Happened> happened;
        synchronized (lock) {
            deed.accept(host);
            happened = host.takeEvents();
        }
        deliver(happened);
        return this;
    }

    private <T> T call(EngineCall kind, String subject, Action<T> action)
            throws ReconcileException {
        synchronized (lock) {
            journal.add(new Entry(kind, subject));
        }
        faults.before(kind, subject);
        T result;
        List<FakeHost.Happened> happened;
        synchronized (lock) {
            result = action.run();
            happened = host.takeEvents();
        }
        deliver(happened);
        faults.after(kind, subject);
        return result;
    }

    private <T> T write(EngineCall kind, String subject, Action<T> action)
            throws ReconcileException {
        countWrite(kind);
        return call(kind, subject, action);
    }

    private void write(EngineCall kind, String subject, Effect effect) throws ReconcileException {
        write(
                kind,
                subject,
                () -> {
                    effect.run();
                    return true;
                });
    }

    private void countWrite(EngineCall kind) {
        synchronized (lock) {
            writes.merge(kind, 1, Integer::sum);
        }
    }

    private void ensure(EngineCall kind, String name, Map<String, String> labels)
            throws ReconcileException {
        call(
                kind,
                name,
                () -> {
                    Map<String, Map<String, String>> all =
                            kind == EngineCall.ENSURE_NETWORK ? host.networks : host.volumes;
                    Map<String, String> there = all.get(name);
                    if (there == null) {
                        all.put(name, Map.copyOf(labels));
                        countWrite(kind);
                    } else if (!there.equals(labels)) {
                        throw new Stalled(
                                ReasonCode.Conflict, name + " exists and is not this app's");
                    }
                    return true;
                });
    }

    private ContainerId create(ContainerSpec spec) throws ReconcileException {
        return create(
                spec.name(),
                ContainerLabels.of(spec).write(),
                spec.template(),
                spec.network(),
                spec.secretEnv(),
                labels -> ContainerLabels.read(labels).filter(l -> l.matches(spec)).isPresent());
    }

    private ContainerId create(
            String name,
            Map<String, String> labels,
            ContainerTemplate template,
            String network,
            SortedMap<String, Secret> secretEnv,
            Predicate<Map<String, String>> isTheSame)
            throws ReconcileException {
        Optional<FakeContainer> taken = host.named(name);
        if (taken.isPresent()) {
            FakeContainer other = taken.get();
            if (other.state instanceof ContainerView.Created && isTheSame.test(other.labels)) {
                return other.id;
            }
            throw new Stalled(
                    ReasonCode.Conflict,
                    "can't make container %s: the name is taken by container %s"
                            .formatted(name, other.id.shortId()));
        }
        FakeContainer made = host.add(name, labels, template, template.image());
        made.networks.put(network, "");
        made.secretEnv.putAll(secretEnv);
        return made.id;
    }

    private ImageBehaviour built(String reference) {
        return builds.entrySet().stream()
                .filter(entry -> reference.startsWith(entry.getKey()))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(Map.Entry::getValue)
                .orElseGet(ImageBehaviour.Runs::new);
    }

    private String nameOf(ContainerId id) {
        synchronized (lock) {
            FakeContainer container = host.containers.get(id);
            return container == null ? id.shortId() : container.name;
        }
    }

    private void deliver(List<FakeHost.Happened> happened) {
        for (FakeHost.Happened one : happened) {
            for (Follower follower : new ArrayList<>(followers)) {
                if (follower.instance().equals(one.instance())) {
                    follower.onEvent().accept(one.event());
                }
            }
        }
    }
}
