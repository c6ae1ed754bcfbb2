/**
 * What may go from the engine's disk, and why: decided from facts, without a way to act. Volumes
 * are none of these facts.
 */
@NullMarked
package dev.berth.reconciler.cleanup;

import org.jspecify.annotations.NullMarked;
