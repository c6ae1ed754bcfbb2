/** Tests of when the loop looks again. */
@NullMarked
package dev.berth.reconciler.trigger;

import org.jspecify.annotations.NullMarked;
