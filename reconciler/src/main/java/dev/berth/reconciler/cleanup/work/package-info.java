/**
 * Carries out what is decided about the engine's disk, beside the passes and never in their way.
 */
@NullMarked
package dev.berth.reconciler.cleanup.work;

import org.jspecify.annotations.NullMarked;
