/** One writer: databases in memory, and the rules of the stamps. */
@NullMarked
package dev.berth.reconciler.lease;

import org.jspecify.annotations.NullMarked;
