/** Deliveries as forges send them, and what comes of them. */
@NullMarked
package dev.berth.reconciler.webhook;

import org.jspecify.annotations.NullMarked;
