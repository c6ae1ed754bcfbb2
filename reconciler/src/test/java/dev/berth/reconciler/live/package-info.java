/** Tests of what is really there. */
@NullMarked
package dev.berth.reconciler.live;

import org.jspecify.annotations.NullMarked;
