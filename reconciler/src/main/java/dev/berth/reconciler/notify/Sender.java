package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.io.IOException;

/** Hands a message over to where an alert says. Thread-safe. */
@FunctionalInterface
public interface Sender {
    /**
     * Sends it; each of its waits has a deadline.
     *
     * @throws IOException if it was not taken, as far as that can be told; the message is fit for a
     *     log: no secret, no URL
     */
    void send(Message message, Alert to) throws IOException;
}
