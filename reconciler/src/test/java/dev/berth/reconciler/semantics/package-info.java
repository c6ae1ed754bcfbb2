/**
 * One class for each of the promises in the design, named after it: the whole loop in a world of
 * its own, in virtual time.
 */
@NullMarked
package dev.berth.reconciler.semantics;

import org.jspecify.annotations.NullMarked;
