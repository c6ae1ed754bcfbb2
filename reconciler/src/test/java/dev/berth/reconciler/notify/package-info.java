/** Tests of what is told to whom, and of the way there. */
@NullMarked
package dev.berth.reconciler.notify;

import org.jspecify.annotations.NullMarked;
