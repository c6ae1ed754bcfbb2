package dev.berth.reconciler.engine;

import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.ReconcileException.Stalled;
import dev.berth.reconciler.ReconcileException.Transient;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.engine.ContainerEngine.EngineEvent;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Running;
import dev.berth.reconciler.live.Labels;
import dev.berth.schemas.status.ReasonCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is in the {@link FakeEngine}: not thread-safe, guarded by the engine's lock. */
final class FakeHost {
    final Map<ContainerId, FakeContainer> containers = new LinkedHashMap<>();
    final Map<String, Map<String, String>> networks = new TreeMap<>();
    final Map<String, Map<String, String>> volumes = new TreeMap<>();
    final Map<String, ImageBehaviour> images = new TreeMap<>();

    /** What builds put into images: content by absolute path, by reference. */
    final Map<String, SortedMap<String, byte[]>> imageFiles = new TreeMap<>();

    final FakeStock stock = new FakeStock(this);
    final Map<String, String> cacheMounts = new TreeMap<>();

    /** Every engine has this one, and whoever is in it has no address. */
    private static final String NO_NETWORK = "none";

    /** What Docker waits at first; it doubles that each time, up to a minute. */
    private static final Duration BETWEEN_RESTARTS = Duration.ofMillis(100);

    private static final int MOST_DOUBLINGS = 9;

    private final InstantSource clock;
    private final List<Happened> happened = new ArrayList<>();
    private int lastId;
    private int lastAddress;

    FakeHost(InstantSource clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    /** An event and the instance it concerns. */
    record Happened(String instance, EngineEvent event) {}

    /** The events since the last call. */
    List<Happened> takeEvents() {
        List<Happened> taken = List.copyOf(happened);
        happened.clear();
        return taken;
    }

    Optional<FakeContainer> named(String name) {
        return containers.values().stream().filter(c -> c.name.equals(name)).findFirst();
    }

    Optional<ContainerView> view(FakeContainer container) {
        fall(container);
        if (container.state instanceof ContainerView.Restarting(_, int restarts)
                && !clock.instant().isBefore(container.restartsAt)) {
            container.restartsAt = Instant.MAX;
            run(container, restarts);
        }
        return container.view(clock.instant());
    }

    /** What its image does some time after its start is seen when somebody looks. */
    private void fall(FakeContainer container) {
        Instant due = due(container);
        if (due != null && container.state instanceof Running && !clock.instant().isBefore(due)) {
            endsAgainAndAgain(container, 3);
        }
    }

    /** When it will fall, or the engine starts it again; {@code null} when neither is to come. */
    @Nullable Instant due(FakeContainer container) {
        return switch (container.state) {
            case Running(Instant startedAt, _, _) ->
                    container.behaviour instanceof ImageBehaviour.Falls(Duration after, int times)
                                    && container.starts <= times
                            ? startedAt.plus(after)
                            : null;
            case ContainerView.Restarting _ ->
                    container.restartsAt.equals(Instant.MAX) ? null : container.restartsAt;
            case ContainerView.Created _,
                    ContainerView.Stopping _,
                    ContainerView.Paused _,
                    ContainerView.Exited _ ->
                    null;
        };
    }

    /** It as it is, without the engine's doing anything because somebody looks. */
    FakeEngine.Item item(FakeContainer container) {
        return new FakeEngine.Item(
                container.id,
                container.name,
                container.labels,
                container.state,
                container.live(),
                container.view(clock.instant()).orElse(null));
    }

    FakeContainer add(
            String name,
            Map<String, String> labels,
            @Nullable ContainerTemplate template,
            String image)
            throws ReconcileException {
        ImageBehaviour behaviour = images.get(image);
        if (behaviour == null) {
            throw new Stalled(
                    ReasonCode.StartFailed,
                    "can't make container " + name + ": No such image: " + image);
        }
        lastId++;
        ContainerId id = new ContainerId("%012x%052x".formatted(0xbe47000L + lastId, lastId));
        FakeContainer made =
                new FakeContainer(
                        id, name, labels, template, does(behaviour, labels), clock.instant());
        if (template != null) {
            made.actual =
                    new ContainerView.Actual(
                            template.memoryBytes(),
                            template.cpuMillis(),
                            RunLabels.areOnARun(labels) ? "no" : "unless-stopped");
            template.mounts().values().forEach(v -> volumes.putIfAbsent(v, Map.of()));
        }
        made.image = image;
        containers.put(id, made);
        return made;
    }

    /** A run is over before what its image serves would fall. */
    private static ImageBehaviour does(ImageBehaviour image, Map<String, String> labels) {
        return image instanceof ImageBehaviour.Falls && RunLabels.areOnARun(labels)
                ? new ImageBehaviour.Runs()
                : image;
    }

    void start(FakeContainer container) throws ReconcileException {
        if (container.state instanceof ContainerView.Paused) {
            container.state = running(0);
            tell(container, "unpause");
            return;
        }
        if (container.live()) {
            return;
        }
        for (String network : container.networks.keySet()) {
            if (!network.equals(NO_NETWORK) && !networks.containsKey(network)) {
                throw new Transient(
                        ReasonCode.StartFailed,
                        "can't start container %s: network %s not found"
                                .formatted(container.name, network));
            }
        }
        refuseWhatCannotRun(container);
        container.doublesFrom = container.starts;
        container.networks.replaceAll(
                (network, _) -> network.equals(NO_NETWORK) ? "" : nextAddress());
        ContainerTemplate template = container.template;
        if (template != null
                && template.port() != null
                && Boolean.TRUE.equals(template.published())) {
            container.publishedPort = 32768 + ++lastAddress;
        }
        run(container, 0);
    }

    /** Its first process ends by itself; the engine does what the restart policy says. */
    void ended(FakeContainer container, int code) {
        int restarts = container.state instanceof Running(_, _, int before) ? before : 0;
        boolean again = container.settings().restartPolicy().equals("unless-stopped");
        container.state =
                again
                        ? new ContainerView.Restarting(code, restarts + 1)
                        : new ContainerView.Exited(code, false);
        container.endedAt = clock.instant();
        tell(container, "die");
    }

    /** It is stopped on request: the engine does not restart it. */
    void stop(FakeContainer container, int code) {
        if (container.live()) {
            container.state = new ContainerView.Exited(code, false);
            container.endedAt = clock.instant();
            tell(container, "die");
        }
    }

    void remove(FakeContainer container) {
        stop(container, 137);
        containers.remove(container.id);
        tell(container, "destroy");
    }

    void tell(FakeContainer container, String action) {
        String instance = container.labels.get(Labels.INSTANCE);
        ContainerLabels.owner(container.labels)
                .filter(_ -> instance != null)
                .ifPresent(
                        owner ->
                                happened.add(
                                        new Happened(
                                                String.valueOf(instance),
                                                new EngineEvent(owner, container.id, action))));
    }

    Running running(int restarts) {
        return new Running(clock.instant(), ContainerView.Health.NONE, restarts);
    }

    String nextAddress() {
        lastAddress++;
        return "172.30.%d.%d".formatted(lastAddress / 250, 2 + lastAddress % 250);
    }

    private void run(FakeContainer container, int restarts) {
        container.state = running(restarts);
        container.starts++;
        switch (container.behaviour) {
            case ImageBehaviour.Exits(int code, List<String> output) -> {
                container.log.addAll(output);
                endsAgainAndAgain(container, code);
            }
            case ImageBehaviour.RunsAfter(int failedStarts) -> {
                if (container.starts <= failedStarts) {
                    endsAgainAndAgain(container, 1);
                }
            }
            case ImageBehaviour.Runs() -> {
                FakeShell.Result result = FakeShell.run(command(container));
                container.log.addAll(result.output());
                Integer code = result.exitCode();
                if (code != null) {
                    ended(container, code);
                }
            }
            case ImageBehaviour.HealthyAfter _,
                    ImageBehaviour.Falls _,
                    ImageBehaviour.Unhealthy _,
                    ImageBehaviour.RefusesToStart _ -> {}
        }
    }

    private void endsAgainAndAgain(FakeContainer container, int code) {
        ended(container, code);
        int doublings = Math.min(MOST_DOUBLINGS, container.starts - container.doublesFrom - 1);
        container.restartsAt = clock.instant().plus(BETWEEN_RESTARTS.multipliedBy(1L << doublings));
    }

    private static void refuseWhatCannotRun(FakeContainer container) throws Stalled {
        if (container.behaviour instanceof ImageBehaviour.RefusesToStart(String refusal)) {
            if (!(container.state
                    instanceof ContainerView.Created)) { // one that never ran stays so
                container.state = new ContainerView.Exited(127, false);
            }
            throw new Stalled(
                    ReasonCode.StartFailed,
                    "can't start container " + container.name + ": " + refusal);
        }
    }

    private static List<String> command(FakeContainer container) {
        ContainerTemplate template = container.template;
        List<String> command = template == null ? null : template.command();
        return command == null ? List.of("sleep", "infinity") : command;
    }
}
