/** What is really there, as records. */
@NullMarked
package dev.berth.reconciler.live;

import org.jspecify.annotations.NullMarked;
