package dev.berth.reconciler.desired;

import dev.berth.reconciler.secret.SecretUse;
import dev.berth.schemas.config.App;
import dev.berth.schemas.edge.Backend;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every container of a process is made from; its hash decides whether a container is up to
 * date. Kept as JSON in a label of the container, so the difference to a newer one can be told
 * field by field. Holds no commit: an unrelated commit must not change it.
 *
 * @param image the reference to run
 * @param command the words to run; {@code null} = the image's own
 * @param env sorted by name; without what is only known at the start (BERTH_REVISION)
 * @param mounts path in the container to name of the volume, sorted
 * @param port the port it listens on; {@code null} = none
 * @param memoryBytes limit; 0 = none
 * @param cpuMillis limit in 1/1000 core; 0 = none
 * @param restartedAt the user's {@code restartedAt}; {@code null} = never set
 * @param published true publishes the port on 127.0.0.1 for the edge; {@code null} = not
 * @param capabilities what it may do beyond an unprivileged process, sorted; {@code null} = nothing
 * @param protocol what it speaks at the port; {@code null} = HTTP/1
 * @param secretEnv variables whose values are not told here, sorted; {@code null} = none
 * @param secretFiles likewise files, by absolute path
 */
public record ContainerTemplate(
        String image,
        @Nullable List<String> command,
        SortedMap<String, String> env,
        SortedMap<String, String> mounts,
        @Nullable Integer port,
        long memoryBytes,
        long cpuMillis,
        @Nullable String restartedAt,
        @Nullable Boolean published,
        @Nullable List<App.Capability> capabilities,
        Backend.@Nullable Protocol protocol,
        @Nullable SortedMap<String, SecretUse> secretEnv,
        @Nullable SortedMap<String, SecretUse> secretFiles) {
    public ContainerTemplate {
        command = command == null ? null : List.copyOf(command);
        env = sorted(env);
        mounts = sorted(mounts);
        capabilities = // null and not empty, so that the hash of a spec without any stays as it was
                capabilities == null || capabilities.isEmpty()
                        ? null
                        : capabilities.stream().sorted().distinct().toList();
        secretEnv = given(secretEnv);
        secretFiles = given(secretFiles);
    }

    /** One like it, to be changed. */
    public Draft edit() {
        return new Draft(this);
    }

    private static <V> SortedMap<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    /** Null and not empty, as above. */
    private static @Nullable SortedMap<String, SecretUse> given(
            @Nullable SortedMap<String, SecretUse> uses) {
        return uses == null || uses.isEmpty() ? null : sorted(uses);
    }

    /** Variables whose values are not told here; empty when there are none. */
    public SortedMap<String, SecretUse> secretVariables() {
        return secretEnv == null ? Collections.emptySortedMap() : secretEnv;
    }

    /** Likewise files. */
    public SortedMap<String, SecretUse> filesOfSecrets() {
        return secretFiles == null ? Collections.emptySortedMap() : secretFiles;
    }

    /** Of a container that runs another command and serves nothing. */
    public ContainerTemplate running(List<String> other) {
        return running(other, environment());
    }

    /** The same, with another environment. */
    ContainerTemplate running(List<String> other, Environment given) {
        return edit().command(other)
                .environment(given)
                .port(null, null)
                .published(null)
                .restartedAt(null)
                .make();
    }

    /** All its variables. */
    Environment environment() {
        return new Environment(env, secretVariables());
    }

    public SpecHash hash() {
        return SpecHash.of(this);
    }

    /**
     * A template in the making. One begun from nothing is of the image as it is: its own command,
     * no variables, no port, no limits. Not thread-safe.
     */
    public static final class Draft {
        private String image;
        private @Nullable List<String> command;
        private SortedMap<String, String> env = Collections.emptySortedMap();
        private SortedMap<String, String> mounts = Collections.emptySortedMap();
        private @Nullable Integer port;
        private long memoryBytes;
        private long cpuMillis;
        private @Nullable String restartedAt;
        private @Nullable Boolean published;
        private @Nullable List<App.Capability> capabilities;
        private Backend.@Nullable Protocol protocol;
        private @Nullable SortedMap<String, SecretUse> secretEnv;
        private @Nullable SortedMap<String, SecretUse> secretFiles;

        public Draft(String image) {
            this.image = image;
        }

        private Draft(ContainerTemplate of) {
            image = of.image;
            command = of.command;
            env = of.env;
            mounts = of.mounts;
            port = of.port;
            memoryBytes = of.memoryBytes;
            cpuMillis = of.cpuMillis;
            restartedAt = of.restartedAt;
            published = of.published;
            capabilities = of.capabilities;
            protocol = of.protocol;
            secretEnv = of.secretEnv;
            secretFiles = of.secretFiles;
        }

        public Draft image(String reference) {
            image = reference;
            return this;
        }

        public Draft command(@Nullable List<String> words) {
            command = words;
            return this;
        }

        public Draft env(SortedMap<String, String> clear) {
            env = clear;
            return this;
        }

        /** Its variables, secret ones too. */
        Draft environment(Environment given) {
            env = given.clear();
            secretEnv = given.secret();
            return this;
        }

        public Draft mounts(SortedMap<String, String> volumes) {
            mounts = volumes;
            return this;
        }

        /** Where it listens and what it speaks there. */
        public Draft port(@Nullable Integer number, Backend.@Nullable Protocol speaks) {
            port = number;
            protocol = speaks;
            return this;
        }

        public Draft limits(long bytes, long millis) {
            memoryBytes = bytes;
            cpuMillis = millis;
            return this;
        }

        public Draft restartedAt(@Nullable String time) {
            restartedAt = time;
            return this;
        }

        public Draft published(@Nullable Boolean yes) {
            published = yes;
            return this;
        }

        public Draft capabilities(@Nullable List<App.Capability> some) {
            capabilities = some;
            return this;
        }

        public Draft secrets(
                SortedMap<String, SecretUse> variables, SortedMap<String, SecretUse> files) {
            secretEnv = variables;
            secretFiles = files;
            return this;
        }

        public ContainerTemplate make() {
            return new ContainerTemplate(
                    image,
                    command,
                    env,
                    mounts,
                    port,
                    memoryBytes,
                    cpuMillis,
                    restartedAt,
                    published,
                    capabilities,
                    protocol,
                    secretEnv,
                    secretFiles);
        }
    }
}
