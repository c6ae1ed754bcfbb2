package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.live.ContainerId;
import dev.berth.reconciler.live.ContainerView;
import dev.berth.reconciler.live.ContainerView.Health;
import dev.berth.reconciler.live.ForeignContainer;
import dev.berth.reconciler.live.Labels;
import dev.berth.reconciler.live.RunView;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads an inspect answer. Any field of it may be missing: engines differ. */
final class ContainerReading {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    private final InspectContainerResponse answer;

    ContainerReading(InspectContainerResponse answer) {
        this.answer = answer;
    }

    /** The labels; empty when they are not those of a container that Berth made. */
    Optional<ContainerLabels> labels() {
        return ContainerLabels.read(
                answer.getConfig() == null ? null : answer.getConfig().getLabels());
    }

    ContainerId id() {
        return new ContainerId(answer.getId());
    }

    boolean neverStarted() {
        return state() instanceof ContainerView.Created;
    }

    /** The view; empty when the labels are not those of a container that Berth made. */
    Optional<ContainerView> view() {
        return labels().map(this::view);
    }

    /** The labels of a run; empty when it is none of ours. */
    Optional<RunLabels> runLabels() {
        return RunLabels.read(answer.getConfig() == null ? null : answer.getConfig().getLabels());
    }

    /** The view of a run; empty when it is none of ours. */
    Optional<RunView> run() {
        return runLabels().map(this::run);
    }

    private RunView run(RunLabels labels) {
        ContainerView.State state = state();
        return new RunView(
                new ContainerId(answer.getId()),
                name(),
                labels.owner(),
                labels.role(),
                labels.run(),
                labels.specHash(),
                labels.template(),
                state,
                instant(answer.getCreated()),
                state instanceof ContainerView.Exited && answer.getState() != null
                        ? instant(answer.getState().getFinishedAt())
                        : null);
    }

    private ContainerView view(ContainerLabels labels) {
        return new ContainerView(
                new ContainerId(answer.getId()),
                name(),
                labels.owner(),
                labels.process(),
                labels.slot(),
                labels.specHash(),
                labels.template(),
                labels.release(),
                labels.revision(),
                state(),
                addresses(),
                publishedPort(labels.template()),
                actual(),
                instant(answer.getCreated()),
                labels.dependsOn());
    }

    /** As one that may be anybody's; empty when it has another name: ids are found as names are. */
    Optional<ForeignContainer> foreign(String name) {
        ContainerView.State state = state();
        Map<String, String> labels =
                answer.getConfig() == null ? null : answer.getConfig().getLabels();
        return name().equals(name)
                ? Optional.of(
                        new ForeignContainer(
                                id(),
                                name,
                                state instanceof ContainerView.Running
                                        || state instanceof ContainerView.Restarting,
                                labels == null ? null : labels.get(Labels.INSTANCE)))
                : Optional.empty();
    }

    private String name() {
        String name = answer.getName() == null ? "" : answer.getName();
        return name.startsWith("/") ? name.substring(1) : name;
    }

    private ContainerView.State state() {
        InspectContainerResponse.ContainerState state = answer.getState();
        String status = state == null || state.getStatus() == null ? "" : state.getStatus();
        return switch (status) {
            case "created" -> new ContainerView.Created();
            case "running" ->
                    new ContainerView.Running(
                            instant(state.getStartedAt()), health(state.getHealth()), restarts());
            case "paused" -> new ContainerView.Paused();
            case "restarting" -> new ContainerView.Restarting(exitCode(state), restarts());
            // exited, dead, removing, and what an engine may yet invent: it does not run
            default ->
                    new ContainerView.Exited(
                            state == null ? -1 : exitCode(state),
                            state != null && Boolean.TRUE.equals(state.getOOMKilled()));
        };
    }

    private int restarts() {
        Integer count = answer.getRestartCount();
        return count == null ? 0 : count;
    }

    private static int exitCode(InspectContainerResponse.ContainerState state) {
        Long code = state.getExitCodeLong();
        return code == null ? -1 : code.intValue();
    }

    private static Health health(@Nullable HealthState health) {
        String status = health == null || health.getStatus() == null ? "" : health.getStatus();
        return switch (status) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    private SortedMap<String, String> addresses() {
        SortedMap<String, String> addresses = new TreeMap<>();
        if (answer.getNetworkSettings() == null
                || answer.getNetworkSettings().getNetworks() == null) {
            return addresses;
        }
        for (Map.Entry<String, ContainerNetwork> entry :
                answer.getNetworkSettings().getNetworks().entrySet()) {
            String address = entry.getValue() == null ? null : entry.getValue().getIpAddress();
            if (address != null && !address.isEmpty()) {
                addresses.put(entry.getKey(), address);
            }
        }
        return addresses;
    }

    private @Nullable Integer publishedPort(@Nullable ContainerTemplate template) {
        Integer port = template == null ? null : template.port();
        Ports ports =
                answer.getNetworkSettings() == null ? null : answer.getNetworkSettings().getPorts();
        if (port == null || ports == null) {
            return null;
        }
        Ports.Binding[] bindings = ports.getBindings().get(ExposedPort.tcp(port));
        if (bindings == null || bindings.length == 0 || bindings[0].getHostPortSpec() == null) {
            return null;
        }
        return Integer.valueOf(bindings[0].getHostPortSpec());
    }

    private ContainerView.Actual actual() {
        HostConfig host = answer.getHostConfig();
        if (host == null) {
            return new ContainerView.Actual(0, 0, "");
        }
        RestartPolicy policy = host.getRestartPolicy();
        Long memory = host.getMemory();
        return new ContainerView.Actual(
                memory == null ? 0 : memory,
                cpuMillis(host),
                policy == null || policy.getName() == null ? "" : policy.getName());
    }

    /** As {@code --cpus} sets it, or else as {@code --cpu-quota} does. */
    private static long cpuMillis(HostConfig host) {
        Long nanos = host.getNanoCPUs();
        if (nanos != null && nanos > 0) {
            return nanos / NANOS_PER_MILLI;
        }
        Long quota = host.getCpuQuota();
        Long period = host.getCpuPeriod();
        if (quota == null || quota <= 0) {
            return 0;
        }
        return quota * 1000 / (period == null || period <= 0 ? DEFAULT_PERIOD_MICROS : period);
    }

    private static Instant instant(@Nullable String text) {
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException _) {
            return Instant.EPOCH;
        }
    }
}
