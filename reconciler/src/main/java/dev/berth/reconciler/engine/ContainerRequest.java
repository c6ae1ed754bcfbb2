package dev.berth.reconciler.engine;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.config.App;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes a spec as the engine's create request, with Berth's defaults: no capabilities but those
 * declared, no new privileges, 512 processes, an init as process 1, a rotated log, restart until
 * stopped, no swap beyond the memory limit, nothing published but on 127.0.0.1.
 */
final class ContainerRequest {
    static final String RESTART_POLICY = "unless-stopped";

    private static final long MAX_PROCESSES = 512;
    private static final int STOP_GRACE_SECONDS = 30;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String name;
    private final SortedMap<String, String> labels;
    private final ContainerTemplate template;
    private final String revision;
    private final String network;
    private final List<String> aliases;
    private final RestartPolicy restart;
    private final SortedMap<String, Secret> secretEnv;

    ContainerRequest(ContainerSpec spec) {
        this.name = spec.name();
        this.labels = ContainerLabels.of(spec).write();
        this.template = spec.template();
        this.revision = spec.revision();
        this.network = spec.network();
        this.aliases = spec.aliases();
        this.restart = RestartPolicy.unlessStoppedRestart();
        this.secretEnv = spec.secretEnv();
    }

    /** One that runs once. */
    ContainerRequest(RunSpec spec) {
        this.name = spec.name();
        this.labels = RunLabels.of(spec).write();
        this.template = spec.template();
        this.revision = spec.revision();
        this.network = spec.network();
        this.aliases = List.of();
        this.restart = RestartPolicy.noRestart();
        this.secretEnv = spec.secretEnv();
    }

    void writeTo(CreateContainerCmd request) {
        request.withName(name)
                .withLabels(labels)
                .withEnv(environment())
                .withHostConfig(hostConfig())
                .withAliases(aliases)
                .withStopTimeout(STOP_GRACE_SECONDS);
        List<String> command = template.command();
        if (command != null) {
            request.withCmd(command);
        }
        Integer port = template.port();
        if (port != null) {
            request.withExposedPorts(ExposedPort.tcp(port));
        }
    }

    /** {@code words} without the values of the environment; for messages. */
    String redact(String words) {
        String redacted = words;
        List<String> longestFirst =
                Stream.concat(
                                template.env().values().stream(),
                                secretEnv.values().stream().map(Secret::text))
                        .filter(value -> value.length() >= 4)
                        .sorted((a, b) -> b.length() - a.length())
                        .toList();
        for (String value : longestFirst) {
            redacted = redacted.replace(value, "***");
        }
        return redacted;
    }

    private List<String> environment() {
        SortedMap<String, String> all = new TreeMap<>();
        all.put("BERTH_REVISION", revision);
        all.putAll(template.env());
        secretEnv.forEach((variable, value) -> all.put(variable, value.text()));
        return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    private HostConfig hostConfig() {
        HostConfig host =
                HostConfig.newHostConfig()
                        .withCapDrop(Capability.ALL)
                        .withSecurityOpts(List.of("no-new-privileges"))
                        .withPidsLimit(MAX_PROCESSES)
                        .withInit(true)
                        .withLogConfig(
                                new LogConfig(
                                        LogConfig.LoggingType.LOCAL,
                                        Map.of("max-size", "10m", "max-file", "3")))
                        .withRestartPolicy(restart)
                        .withNetworkMode(network)
                        .withMounts(mounts());
        List<App.Capability> capabilities = template.capabilities();
        if (capabilities != null) {
            host.withCapAdd(
                    capabilities.stream()
                            .map(c -> Capability.valueOf(c.name()))
                            .toArray(Capability[]::new));
        }
        if (template.memoryBytes() > 0) {
            host.withMemory(template.memoryBytes()).withMemorySwap(template.memoryBytes());
        }
        if (template.cpuMillis() > 0) {
            host.withNanoCPUs(template.cpuMillis() * NANOS_PER_MILLI);
        }
        Integer port = template.port();
        if (port != null && Boolean.TRUE.equals(template.published())) {
            host.withPortBindings(
                    new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(port)));
        }
        return host;
    }

    /**
     * Volumes are mounted so that an empty one takes content and owner of the image's directory.
     */
    private List<Mount> mounts() {
        return template.mounts().entrySet().stream()
                .map(
                        entry ->
                                new Mount()
                                        .withType(MountType.VOLUME)
                                        .withSource(entry.getValue())
                                        .withTarget(entry.getKey()))
                .toList();
    }
}
