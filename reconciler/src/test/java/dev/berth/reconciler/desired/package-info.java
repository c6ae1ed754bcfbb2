/** Tests of the way from a config tree to desired state. */
@NullMarked
package dev.berth.reconciler.desired;

import org.jspecify.annotations.NullMarked;
