/** Clocks that tests set. */
@NullMarked
package dev.berth.reconciler.clockwork;

import org.jspecify.annotations.NullMarked;
