/** Time and threads, as the core has them: the machine's, or a simulation's. Depends on nothing. */
@NullMarked
package dev.berth.reconciler.clockwork;

import org.jspecify.annotations.NullMarked;
