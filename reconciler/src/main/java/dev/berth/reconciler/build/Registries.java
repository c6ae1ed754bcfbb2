package dev.berth.reconciler.build;

import dev.berth.reconciler.desired.ImageSource;
import dev.berth.reconciler.engine.RegistryLogin;
import dev.berth.reconciler.engine.RegistryLogins;
import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.reconciler.secret.Vault;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.Instance;
import java.nio.file.Path;
import java.time.InstantSource;
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
    private final @Nullable Path file;
    private volatile Declared newest = new Declared(List.of(), null);

    /** What one Instance says, so that nobody sees a part of it. */
    private record Declared(List<Instance.Registry> logins, @Nullable String prefix) {}

    /** Those of which nobody will tell. */
    public static Registries none() {
        return new Registries(Vault.ofThisProcess(InstantSource.system()));
    }

    /** Without logins of people. */
    public Registries(Vault vault) {
        this(vault, null);
    }

    /**
     * Makes it.
     *
     * @param vault has the passwords
     * @param file has logins of people beside them, as docker login writes it; it may not be there
     */
    public Registries(Vault vault, @Nullable Path file) {
        this.vault = vault;
        this.file = file;
    }

    /** What counts from now on. */
    public void follow(Instance.Spec settings) {
        newest = new Declared(settings.registries(), settings.builds().registry());
    }

    @Override
    public List<RegistryLogin> now() {
        List<RegistryLogin> logins = new ArrayList<>();
        for (Instance.Registry registry : newest.logins()) {
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
        return ImageSource.pushedAs(reference, newest.prefix());
    }

    /** Another one when something that failed for want of it may work. Tells no password. */
    public String version() {
        Declared declared = newest;
        String prefix = declared.prefix();
        return declared.logins().stream()
                .map(
                        registry ->
                                "%s %s %s"
                                        .formatted(
                                                registry.key(),
                                                registry.username(),
                                                version(ref(registry.password()))))
                .sorted()
                .collect(
                        Collectors.joining(
                                ", ", "", (prefix == null ? "" : "; " + prefix) + ofPeople()));
    }

    private String ofPeople() {
        long written = file == null ? 0 : file.toFile().lastModified();
        return written == 0 ? "" : "; people " + written;
    }

    private String version(SecretRef ref) {
        Secret password = vault.held(ref);
        return password == null ? "none" : vault.use(ref, password).version();
    }

    private static SecretRef ref(EnvValue.FromSecret from) {
        return new SecretRef(from.secret(), from.key());
    }
}
