/** The deliveries of webhooks, for those who look at them, and where they are kept. */
@NullMarked
package dev.berth.reconciler.webhook.kept;

import org.jspecify.annotations.NullMarked;
