package dev.berth.reconciler.notify;

import dev.berth.reconciler.secret.Secret;
import dev.berth.reconciler.secret.SecretRef;
import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.EnvValue;
import dev.berth.schemas.config.SecretText;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Credentials from where they may be: files of the home, and Secrets of the config repo. White
 * space around them does not count.
 */
public final class AlertKeys implements Keyring {
    private final KeyFiles files;
    private final Function<SecretRef, @Nullable Secret> secrets;

    /**
     * @param secrets values that count now; {@code null} for those that nothing is known of
     */
    public AlertKeys(KeyFiles files, Function<SecretRef, @Nullable Secret> secrets) {
        this.files = files;
        this.secrets = secrets;
    }

    @Override
    public String reveal(Alert.Credential credential, @Nullable String server) throws IOException {
        EnvValue.FromSecret reference = credential.reference();
        return reference == null
                ? files.read(Objects.requireNonNull(credential.fromFile()), server)
                : reveal(reference);
    }

    @Override
    public String reveal(EnvValue text) throws IOException {
        return switch (text) {
            case EnvValue.Text(String plain) -> plain.strip();
            case EnvValue.Sealed(SecretText sealed) -> sealed.value().strip();
            case EnvValue.FromSecret reference -> {
                Secret held = secrets.apply(new SecretRef(reference.secret(), reference.key()));
                if (held == null) {
                    throw new IOException(
                            "no Secret has a value for %s now: declare it, or mend what its problem says; right after a start none is known until the config repo was read"
                                    .formatted(reference.fromSecret()));
                }
                yield held.text().strip();
            }
        };
    }
}
