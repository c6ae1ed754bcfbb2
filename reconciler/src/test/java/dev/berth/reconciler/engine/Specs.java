package dev.berth.reconciler.engine;

import dev.berth.reconciler.desired.ContainerTemplate;
import dev.berth.schemas.config.App;
import dev.berth.schemas.config.ResourceId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes container specs of one instance for tests; every {@code with} is a copy with one thing
 * changed.
 */
public record Specs(
        String instance,
        String appName,
        String image,
        @Nullable List<String> command,
        SortedMap<String, String> env,
        SortedMap<String, String> mounts,
        @Nullable Integer port,
        @Nullable Boolean published,
        long memoryBytes,
        long cpuMillis,
        List<App.Capability> capabilities) {

    public static Specs of(String instance, String image) {
        return new Specs(
                instance,
                "shop",
                image,
                List.of("sleep", "3600"),
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                null,
                0,
                0,
                List.of());
    }

    public ResourceId app() {
        return ResourceId.app(appName);
    }

    public String network() {
        return instance + "-" + appName;
    }

    Specs withApp(String name) {
        return new Specs(
                instance,
                name,
                image,
                command,
                env,
                mounts,
                port,
                published,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withImage(String reference) {
        return new Specs(
                instance,
                appName,
                reference,
                command,
                env,
                mounts,
                port,
                published,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withCommand(String... words) {
        return new Specs(
                instance,
                appName,
                image,
                List.of(words),
                env,
                mounts,
                port,
                published,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withShell(String script) {
        return withCommand("sh", "-c", script);
    }

    Specs withEnv(String name, String value) {
        SortedMap<String, String> more = new TreeMap<>(env);
        more.put(name, value);
        return new Specs(
                instance,
                appName,
                image,
                command,
                more,
                mounts,
                port,
                published,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withMount(String path, String volume) {
        SortedMap<String, String> more = new TreeMap<>(mounts);
        more.put(path, volume);
        return new Specs(
                instance,
                appName,
                image,
                command,
                env,
                more,
                port,
                published,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withPort(int number, boolean publish) {
        return new Specs(
                instance,
                appName,
                image,
                command,
                env,
                mounts,
                number,
                publish,
                memoryBytes,
                cpuMillis,
                capabilities);
    }

    Specs withLimits(long memory, long cpus) {
        return new Specs(
                instance,
                appName,
                image,
                command,
                env,
                mounts,
                port,
                published,
                memory,
                cpus,
                capabilities);
    }

    Specs withCapabilities(App.Capability... some) {
        return new Specs(
                instance,
                appName,
                image,
                command,
                env,
                mounts,
                port,
                published,
                memoryBytes,
                cpuMillis,
                List.of(some));
    }

    /** The spec of the first container of the process {@code web}. */
    public ContainerSpec web(String name) {
        return web(name, "0123456789abcdef0123456789abcdef01234567");
    }

    public ContainerSpec web(String name, String revision) {
        ContainerTemplate template =
                new ContainerTemplate.Draft(image)
                        .command(command)
                        .env(env)
                        .mounts(mounts)
                        .port(port, null)
                        .limits(memoryBytes, cpuMillis)
                        .published(published)
                        .capabilities(capabilities)
                        .make();
        return new ContainerSpec(
                instance + "-" + name,
                instance,
                app(),
                "web",
                1,
                template,
                "r1",
                revision,
                network(),
                List.of("web", appName));
    }
}
