package dev.berth.reconciler.notify;

import dev.berth.schemas.Json;
import dev.berth.schemas.config.Alert;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Posts messages as JSON to an endpoint of the user's. {@code X-Berth-Id} is the message's id, the
 * same for each try. With a secret, {@code X-Berth-Signature} is {@code sha256=} and the hex
 * HMAC-SHA256 (RFC 2104) of {@code X-Berth-Timestamp}, which is in seconds of Unix time, a {@code
 * .} and the body.
 */
public final class WebhookSender implements Sender {
    private static final String HMAC = "HmacSHA256";

    private final Keyring keys;
    private final HttpPost http;
    private final InstantSource clock;

    public WebhookSender(Keyring keys, HttpPost http, InstantSource clock) {
        this.keys = keys;
        this.http = http;
        this.clock = clock;
    }

    @Override
    public void send(Message message, Alert to) throws IOException {
        Alert.Webhook webhook = to.spec().webhook();
        if (webhook == null) {
            throw new IOException("the alert has no webhook any more");
        }
        HttpPost.Endpoint endpoint = HttpPost.Endpoint.of(keys.reveal(webhook.url()));
        String body = Json.write(message);
        String time = Long.toString(clock.instant().getEpochSecond());
        Map<String, String> fields = new HashMap<>();
        fields.put("X-Berth-Id", message.id());
        fields.put("X-Berth-Timestamp", time);
        if (webhook.secret() != null) {
            fields.put(
                    "X-Berth-Signature",
                    "sha256="
                            + sign(
                                    keys.reveal(webhook.secret(), endpoint.host()),
                                    time + "." + body));
        }
        http.post(endpoint, body, fields);
    }

    private static String sign(String secret, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
