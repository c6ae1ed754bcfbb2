package dev.berth.reconciler.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.berth.reconciler.ReconcileException;
import dev.berth.reconciler.engine.session.BuildSession;
import dev.berth.reconciler.engine.session.SecretService;
import dev.berth.reconciler.secret.Secret;
import dev.berth.schemas.status.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to one engine: one client for calls, another for each stream. Requests carry no API
 * version, so that the engine speaks its own. Nothing is sent until the first call. Logins of
 * registries are read anew for each stream that needs them. Thread-safe.
 */
final class EngineConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 64;
    private static final String UNIX = "unix:///";

    private final String dockerHost;
    private final @Nullable Path dockerConfig;
    private final RegistryLogins logins;
    private final DockerClientConfig config;
    private final DockerClient client;
    private final EngineCalls calls;

    EngineConnection(String dockerHost, @Nullable Path dockerConfig, RegistryLogins logins) {
        this.dockerHost = dockerHost;
        this.dockerConfig = dockerConfig;
        this.logins = logins;
        this.config = config(dockerHost).build();
        this.client = dial(config);
        this.calls = new EngineCalls(dockerHost);
    }

    DockerClient client() {
        return client;
    }

    /** True when the engine's files are on this machine's disks. */
    boolean isLocal() {
        return dockerHost.startsWith(UNIX);
    }

    EngineCalls calls() {
        return calls;
    }

    /** A stream whose pieces go to {@code onPiece}; the caller closes it. */
    <T> EngineStream<T> stream(Consumer<T> onPiece) {
        return new EngineStream<>(dial(config), onPiece);
    }

    /**
     * A stream whose request carries the logins of registries; the caller closes it.
     *
     * @param reason what fails when they can't be read
     * @throws ReconcileException.Transient if they can't be read
     */
    <T> EngineStream<T> streamWithLogins(ReasonCode reason, Consumer<T> onPiece)
            throws ReconcileException.Transient {
        return streamWithLogins(reason, Map.of(), onPiece);
    }

    /**
     * The same with more parameters in its request.
     *
     * @throws ReconcileException.Transient as above
     */
    <T> EngineStream<T> streamWithLogins(
            ReasonCode reason, Map<String, Long> parameters, Consumer<T> onPiece)
            throws ReconcileException.Transient {
        LoggedIn with = loggedIn(reason);
        return new EngineStream<>(
                DockerClientImpl.getInstance(with, new MoreParameters(transport(with), parameters)),
                onPiece);
    }

    /**
     * Who a registry is asked as for an image, and where people mend that; for messages.
     *
     * @throws ReconcileException.Transient as above
     */
    String askedAs(String reference, ReasonCode reason) throws ReconcileException.Transient {
        LoggedIn with = loggedIn(reason);
        String host = RegistryLogin.hostOf(reference);
        RegistryLogin declared = with.declaredFor(reference).orElse(null);
        if (declared != null) {
            return "%s was asked as %s: mend the login in %s"
                    .formatted(host, declared.username(), declared.declared());
        }
        AuthConfig other = with.effectiveAuthConfig(reference);
        if (other == null || dockerConfig == null) {
            return "%s was asked without a login: give one in spec.registries of the Instance"
                    .formatted(host);
        }
        String user = other.getUsername();
        return "%s was asked as %s, by the login in %s: log in anew, or give one in spec.registries of the Instance"
                .formatted(
                        host,
                        user == null ? "somebody" : user,
                        dockerConfig.resolve("config.json"));
    }

    /** A session of that id in which BuildKit is given secrets; the caller closes it. */
    BuildSession session(String id, SortedMap<String, Secret> secrets) throws IOException {
        return BuildSession.open(address(), id, new SecretService(secrets));
    }

    private SocketAddress address() {
        URI host = URI.create(dockerHost);
        return host.getScheme().equals("unix")
                ? UnixDomainSocketAddress.of(host.getPath())
                : new InetSocketAddress(host.getHost(), host.getPort());
    }

    /**
     * A transport for requests that the client library has no command for; the caller closes it,
     * which breaks its connections.
     */
    DockerHttpClient transport() {
        return transport(config);
    }

    private LoggedIn loggedIn(ReasonCode reason) throws ReconcileException.Transient {
        return new LoggedIn(configWithLogins(reason), logins.now());
    }

    private DockerClientConfig configWithLogins(ReasonCode reason)
            throws ReconcileException.Transient {
        if (dockerConfig == null) {
            return config;
        }
        try {
            // The file's current context must not lead anywhere else.
            return config(dockerHost)
                    .withDockerConfig(dockerConfig.toString())
                    .withDockerContext("default")
                    .build();
        } catch (DockerClientException | IllegalArgumentException e) {
            // without its cause, which may quote a login
            throw new ReconcileException.Transient(
                    reason,
                    "can't read the logins of registries in %s: it is not as docker login writes it"
                            .formatted(dockerConfig.resolve("config.json")));
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DockerClient dial(DockerClientConfig config) {
        return DockerClientImpl.getInstance(config, transport(config));
    }

    private static DockerHttpClient transport(DockerClientConfig config) {
        return new FreshConnections(
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .connectionTimeout(CONNECT)
                        .maxConnections(MAX_CONNECTIONS)
                        .build());
    }

    private static DefaultDockerClientConfig.Builder config(String dockerHost) {
        if (!dockerHost.startsWith(UNIX) && !dockerHost.startsWith("tcp://")) {
            throw new IllegalArgumentException(
                    "DOCKER_HOST must be unix:///path or tcp://host:port, not " + dockerHost);
        }
        return new DefaultDockerClientConfig.Builder().withDockerHost(dockerHost);
    }
}
