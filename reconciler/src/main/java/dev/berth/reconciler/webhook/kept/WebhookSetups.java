package dev.berth.reconciler.webhook.kept;

import org.jspecify.annotations.Nullable;

/** How webhooks are set up by the config that is followed. Thread-safe. */
@FunctionalInterface
public interface WebhookSetups {
    /** As it is now; {@code null} until config was read. */
    @Nullable WebhookSetup now();
}
