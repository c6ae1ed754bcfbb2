/**
 * Why and when the loop looks again: what happened, how long until the next poll, how long after a
 * failure. A trigger only wakes the loop; nothing is decided from what it says.
 */
@NullMarked
package dev.berth.reconciler.trigger;

import org.jspecify.annotations.NullMarked;
