package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.RunView;
import dev.berth.reconciler.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One container of the {@link FakeEngine}; guarded by its lock. */
final class FakeContainer {
    private static final String ECHO = "echo $";

    final ContainerId id;
    final Map<String, String> labels;
    final @Nullable ContainerTemplate template;
    private final Optional<ContainerLabels> read;
    private final Optional<RunLabels> readRun;
    final ImageBehaviour behaviour;
    final Instant createdAt;
    final List<String> log = new ArrayList<>();

    /** Address by network; empty text while it does not run. */
    final SortedMap<String, String> networks = new TreeMap<>();

    /** What it was given that no label tells, files by path and variables by name. */
    final SortedMap<String, Secret> files = new TreeMap<>();

    final SortedMap<String, Secret> secretEnv = new TreeMap<>();

    /** What it was made of. */
    String image = "";

    String name;
    ContainerView.State state = new ContainerView.Created();
    ContainerView.@Nullable Actual actual;
    @Nullable Integer publishedPort;

    /** Its HEALTHCHECK has begun to fail. */
    boolean ill;

    /** When the engine starts it again by itself; far off unless it ended by itself. */
    Instant restartsAt = Instant.MAX;

    int starts;

    /** Starts before the last one that was asked for. */
    int doublesFrom;

    @Nullable Instant endedAt;

    FakeContainer(
            ContainerId id,
            String name,
            Map<String, String> labels,
            @Nullable ContainerTemplate template,
            ImageBehaviour behaviour,
            Instant createdAt) {
        this.id = id;
        this.name = name;
        this.labels = Map.copyOf(labels);
        this.template = template;
        this.read = ContainerLabels.read(labels);
        this.readRun = RunLabels.read(labels);
        this.behaviour = behaviour;
        this.createdAt = createdAt;
    }

    /** What {@code cat PATH} or {@code sh -c 'echo $NAME'} prints of that; else {@code null}. */
    @Nullable String printed(List<String> command) {
        String last = command.getLast();
        Secret value =
                switch (command.getFirst()) {
                    case "cat" -> files.get(last);
                    case "sh" -> last.startsWith(ECHO) ? variable(last) : null;
                    default -> null;
                };
        return value == null ? null : value.text();
    }

    private @Nullable Secret variable(String echo) {
        return secretEnv.get(echo.substring(ECHO.length()));
    }

    boolean live() {
        return switch (state) {
            case ContainerView.Running _,
                    ContainerView.Stopping _,
                    ContainerView.Paused _,
                    ContainerView.Restarting _ ->
                    true;
            case ContainerView.Created _, ContainerView.Exited _ -> false;
        };
    }

    Optional<ContainerView> view(Instant now) {
        return read.map(
                known ->
                        new ContainerView(
                                id,
                                name,
                                known.owner(),
                                known.process(),
                                known.slot(),
                                known.specHash(),
                                known.template(),
                                known.release(),
                                known.revision(),
                                stateAt(now),
                                addresses(),
                                live() ? publishedPort : null,
                                settings(),
                                createdAt,
                                known.dependsOn()));
    }

    Optional<RunView> run() {
        return readRun.map(
                known ->
                        new RunView(
                                id,
                                name,
                                known.owner(),
                                known.role(),
                                known.run(),
                                known.specHash(),
                                known.template(),
                                state,
                                createdAt,
                                live() ? null : endedAt));
    }

    ContainerView.Actual settings() {
        ContainerView.Actual known = actual;
        return known == null ? new ContainerView.Actual(0, 0, "no") : known;
    }

    private SortedMap<String, String> addresses() {
        SortedMap<String, String> addresses = new TreeMap<>(networks);
        boolean between = state instanceof ContainerView.Restarting;
        addresses.values().removeIf(address -> !live() || between || address.isEmpty());
        return addresses;
    }

    private ContainerView.State stateAt(Instant now) {
        return switch (state) {
            case ContainerView.Running(Instant startedAt, Health _, int restarts) ->
                    new ContainerView.Running(
                            startedAt, health(Duration.between(startedAt, now)), restarts);
            case ContainerView.State other -> other;
        };
    }

    private Health health(Duration age) {
        if (ill) {
            return Health.UNHEALTHY;
        }
        return switch (behaviour) {
            case ImageBehaviour.HealthyAfter(Duration delay) ->
                    age.compareTo(delay) < 0 ? Health.STARTING : Health.HEALTHY;
            case ImageBehaviour.Unhealthy() -> Health.UNHEALTHY;
            case ImageBehaviour.Runs(),
                    ImageBehaviour.RunsAfter _,
                    ImageBehaviour.Falls _,
                    ImageBehaviour.Exits _,
                    ImageBehaviour.RefusesToStart _ ->
                    Health.NONE;
        };
    }
}
