package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import dev.berth.schemas.config.EnvValue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Knows what an alert's credentials stand for. Thread-safe. */
public interface Keyring {
    /**
     * The secret itself, as it is now.
     *
     * @param server host name or address of the only one that is to be told; {@code null} when the
     *     secret itself says where it leads
     * @throws IOException if there is none, or none for that server; the message says what to do
     *     and holds no secret
     */
    String reveal(Alert.Credential credential, @Nullable String server) throws IOException;

    /**
     * A text that may be secret.
     *
     * @throws IOException if there is none; the message says what to do and holds no secret
     */
    String reveal(EnvValue text) throws IOException;
}
