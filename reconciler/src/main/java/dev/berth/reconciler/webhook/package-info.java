/**
 * Webhooks: who sent a delivery, which repo it hints at, and what came of it. A delivery decides
 * nothing: it says which of the repos that config names is looked at sooner, and what is read there
 * is read by the URL in config. Lost, doubled, reordered and replayed ones change nothing.
 *
 * <p>No HTTP server and no JAX-RS here; see {@link dev.berth.reconciler.webhook.WebhookInbox} for
 * the way of a delivery.
 */
@NullMarked
package dev.berth.reconciler.webhook;

import org.jspecify.annotations.NullMarked;
