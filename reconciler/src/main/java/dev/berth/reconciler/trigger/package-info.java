/**
 * What wakes the loop: polls, pushes, engine events, timers. A trigger only ever says "look again".
 */
@NullMarked
package dev.berth.reconciler.trigger;

import org.jspecify.annotations.NullMarked;
