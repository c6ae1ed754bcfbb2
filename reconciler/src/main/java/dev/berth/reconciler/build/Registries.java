package dev.berth.reconciler.build;

import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.engine.RegistryLogin;
import dev.berth.reconciler.engine.RegistryLogins;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The registries that the newest Instance names: who logs in where, and where what is built is
 * pushed to. Nothing until it is told of an Instance. Thread-safe.
 */
public final class Registries implements RegistryLogins {
    private final Vault vault;
    private volatile List<Instance.Registry> declared = List.of();
    private volatile @Nullable String prefix;

    /**
     * Makes it.
     *
     * @param vault has the passwords
     */
    public Registries(Vault vault) {
        this.vault = vault;
    }

    /** What counts from now on. */
    public void follow(Instance.Spec settings) {
        declared = settings.registries();
        prefix = settings.builds().registry();
    }

    @Override
    public List<RegistryLogin> now() {
        List<RegistryLogin> logins = new ArrayList<>();
        for (Instance.Registry registry : declared) {
            SecretRef ref = ref(registry.password());
            Secret password = vault.held(ref);
            if (password != null) { // else its document was changed just now: the next pass says
                logins.add(
                        new RegistryLogin(
                                registry.key(),
                                registry.username(),
                                password,
                                "spec.registries of the Instance, its password in the Secret "
                                        + ref));
            }
        }
        return logins;
    }

    /**
     * The name in the registry of what is built.
     *
     * @param reference {@code berth/<app>:<hash>}
     * @return {@code <registry>/<app>:<hash>}; {@code null} when nothing is pushed
     */
    @Nullable String nameOf(String reference) {
        return ImageSource.pushedAs(reference, prefix);
    }

    /** Another one when something that failed for want of it may work. Tells no password. */
    public String version() {
        return declared.stream()
                .map(
                        registry ->
                                "%s %s %s"
                                        .formatted(
                                                registry.key(),
                                                registry.username(),
                                                version(ref(registry.password()))))
                .sorted()
                .collect(Collectors.joining(", ", "", prefix == null ? "" : "; " + prefix));
    }

    private String version(SecretRef ref) {
        Secret password = vault.held(ref);
        return password == null ? "none" : vault.use(ref, password).version();
    }

    private static SecretRef ref(EnvValue.FromSecret from) {
        return new SecretRef(from.secret(), from.key());
    }
}
