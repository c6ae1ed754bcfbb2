package dev.berth.reconciler.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to one engine: one client for calls, another for each stream. Requests carry no API
 * version, so that the engine speaks its own. Nothing is sent until the first call. Thread-safe.
 */
final class EngineConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 64;

    private final DockerClientConfig config;
    private final DockerClient client;
    private final EngineCalls calls;

    EngineConnection(String dockerHost, @Nullable Path dockerConfig) {
        this.config = config(dockerHost, dockerConfig);
        this.client = dial();
        this.calls = new EngineCalls(dockerHost);
    }

    DockerClient client() {
        return client;
    }

    EngineCalls calls() {
        return calls;
    }

    /** A stream whose pieces go to {@code onPiece}; the caller closes it. */
    <T> EngineStream<T> stream(Consumer<T> onPiece) {
        return new EngineStream<>(dial(), onPiece);
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DockerClient dial() {
        return DockerClientImpl.getInstance(
                config,
                new FreshConnections(
                        new ZerodepDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .connectionTimeout(CONNECT)
                                .maxConnections(MAX_CONNECTIONS)
                                .build()));
    }

    private static DockerClientConfig config(String dockerHost, @Nullable Path dockerConfig) {
        if (!dockerHost.startsWith("unix:///") && !dockerHost.startsWith("tcp://")) {
            throw new IllegalArgumentException(
                    "DOCKER_HOST must be unix:///path or tcp://host:port, not " + dockerHost);
        }
        DefaultDockerClientConfig.Builder builder =
                new DefaultDockerClientConfig.Builder().withDockerHost(dockerHost);
        if (dockerConfig != null) {
            // The file's current context must not lead anywhere else.
            builder.withDockerConfig(dockerConfig.toString()).withDockerContext("default");
        }
        return builder.build();
    }
}
