package dev.berth.reconciler.notify;

import dev.berth.schemas.config.Alert;
import java.io.IOException;

/**
 * The senders by what an alert asks for.
 *
 * @param slack gets alerts with {@code slack}
 * @param webhook gets alerts with {@code webhook}
 * @param email gets alerts with {@code email}
 */
public record Channels(Sender slack, Sender webhook, Sender email) implements Sender {
    @Override
    public void send(Message message, Alert to) throws IOException {
        if (to.spec().slack() != null) {
            slack.send(message, to);
        } else if (to.spec().webhook() != null) {
            webhook.send(message, to);
        } else {
            email.send(message, to);
        }
    }
}
