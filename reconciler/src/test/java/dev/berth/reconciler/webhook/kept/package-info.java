/** What is kept of deliveries, in memory, and what every store of them does. */
@NullMarked
package dev.berth.reconciler.webhook.kept;

import org.jspecify.annotations.NullMarked;
