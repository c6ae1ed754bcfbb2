package dev.berth.reconciler.webhook.kept;

import dev.berth.schemas.config.Instance;
import java.util.List;

/**
 * Where webhooks are to be sent, and by whom they may be.
 *
 * @param host what the edge serves them at: {@code https://<host>/api/webhook}
 * @param forges hosts whose deliveries are taken, as the Instance names them; none = the edge
 *     serves nothing there
 * @param without hosts it names without a secret: theirs are refused
 */
public record WebhookSetup(String host, List<String> forges, List<String> without) {
    public WebhookSetup {
        forges = List.copyOf(forges);
        without = List.copyOf(without);
    }

    /** The address to give to forges. */
    public String url() {
        return "https://" + host + Instance.Webhook.PATH;
    }
}
