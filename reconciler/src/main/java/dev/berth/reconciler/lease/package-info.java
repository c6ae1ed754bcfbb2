/**
 * Sees to it that one Berth at a time writes for an instance: who may, how that is handed over, and
 * the fence before each write. What is written, and when, is decided elsewhere.
 */
@NullMarked
package dev.berth.reconciler.lease;

import org.jspecify.annotations.NullMarked;
