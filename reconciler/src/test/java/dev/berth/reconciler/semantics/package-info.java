/** The semantics of the reconciler, a class each, through the whole core in virtual time. */
@NullMarked
package dev.berth.reconciler.semantics;

import org.jspecify.annotations.NullMarked;
