/** Carries out a plan: exactly its changes, each resource on its own, with deadlines. */
@NullMarked
package dev.berth.reconciler.converge;

import org.jspecify.annotations.NullMarked;
