package dev.berth.reconciler.notify;

import dev.berth.schemas.Json;
import dev.berth.schemas.config.Alert;
import java.io.IOException;
import java.util.Map;

/** Posts messages to a Slack incoming webhook, whose URL is the secret. */
public final class SlackSender implements Sender {
    private final Keyring keys;
    private final HttpPost http;

    public SlackSender(Keyring keys, HttpPost http) {
        this.keys = keys;
        this.http = http;
    }

    @Override
    public void send(Message message, Alert to) throws IOException {
        Alert.Slack slack = to.spec().slack();
        if (slack == null) {
            throw new IOException("the alert has no slack any more");
        }
        http.post(
                HttpPost.Endpoint.of(keys.reveal(slack.url(), null)),
                Json.write(Map.of("text", text(message))),
                Map.of());
    }

    /** Slack's three special characters are escaped, so that no text can mention or link. */
    private static String text(Message message) {
        String icon =
                switch (message.type()) {
                    case Failing, StillFailing -> ":red_circle: ";
                    case Closed -> ":white_circle: ";
                    case Recovered -> ":large_green_circle: ";
                };
        return icon
                + message.text().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
