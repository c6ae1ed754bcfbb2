package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.io.IOException;

/** Knows what an alert's credentials stand for. Thread-safe. */
@FunctionalInterface
public interface Keyring {
    /**
     * The secret itself, as it is now.
     *
     * @throws IOException if there is none; the message says what to do and holds no secret
     */
    String reveal(Alert.Credential credential) throws IOException;
}
