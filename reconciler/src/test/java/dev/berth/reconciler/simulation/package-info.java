/** Berth's core under seeded faults, in virtual time, one step of one thread after the other. */
@NullMarked
package dev.berth.reconciler.simulation;

import org.jspecify.annotations.NullMarked;
