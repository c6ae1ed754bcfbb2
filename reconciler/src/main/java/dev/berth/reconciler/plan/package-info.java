/**
 * Desired state times live state gives an ordered list of changes, each with its reasons. Pure: no
 * I/O, no clock, no randomness. Every decision Berth makes about the world is made here.
 */
@NullMarked
package dev.berth.reconciler.plan;

import org.jspecify.annotations.NullMarked;
