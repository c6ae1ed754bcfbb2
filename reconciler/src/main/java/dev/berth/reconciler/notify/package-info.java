/**
 * Tells people what failed and what is well again. What is told is decided from the newest status
 * and from what was told before; what waits to be sent lies on disk. Nothing here is ever waited
 * for by a pass, and nothing of a pass depends on it.
 */
@NullMarked
package dev.berth.reconciler.notify;

import org.jspecify.annotations.NullMarked;
