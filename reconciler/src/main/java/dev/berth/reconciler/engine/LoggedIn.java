package dev.berth.reconciler.engine;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientConfigDelegate;
import dev.berth.schemas.config.Instance;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the client library with logins of registries before those that it finds itself. An
 * engine knows Docker Hub by an address of its own.
 */
final class LoggedIn extends DockerClientConfigDelegate {
    private final DockerClientConfig others;
    private final List<RegistryLogin> logins;

    LoggedIn(DockerClientConfig others, List<RegistryLogin> logins) {
        super(others);
        this.others = others;
        this.logins = List.copyOf(logins);
    }

    /** The declared login for an image; empty when there is none for its registry. */
    Optional<RegistryLogin> declaredFor(String reference) {
        String host = RegistryLogin.hostOf(reference);
        return logins.stream().filter(login -> login.host().equals(host)).findFirst();
    }

    @Override
    public @Nullable AuthConfig effectiveAuthConfig(String imageName) {
        return declaredFor(imageName)
                .map(LoggedIn::auth)
                .orElseGet(() -> others.effectiveAuthConfig(imageName));
    }

    @Override
    public AuthConfigurations getAuthConfigurations() {
        AuthConfigurations all = new AuthConfigurations();
        for (Map.Entry<String, AuthConfig> other :
                others.getAuthConfigurations().getConfigs().entrySet()) {
            if (logins.stream().noneMatch(login -> login.host().equals(host(other.getKey())))) {
                all.addConfig(other.getValue());
            }
        }
        logins.forEach(login -> all.addConfig(auth(login)));
        return all;
    }

    private static AuthConfig auth(RegistryLogin login) {
        return new AuthConfig()
                .withUsername(login.username())
                .withPassword(login.password().text())
                .withRegistryAddress(
                        login.host().equals(RegistryLogin.HUB)
                                ? AuthConfig.DEFAULT_SERVER_ADDRESS
                                : login.host());
    }

    /** A file may have addresses of it in the place of hosts. */
    private static String host(String address) {
        String bare = address.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
        return Instance.Registry.key(bare.replaceFirst("/.*$", ""));
    }
}
