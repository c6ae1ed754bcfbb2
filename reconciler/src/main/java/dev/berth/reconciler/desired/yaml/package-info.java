/**
 * YAML text to trees with places. Knows nothing of Berth's documents; turns every bad input into
 * faults, never into exceptions, and does a bounded amount of work for it.
 */
@NullMarked
package dev.berth.reconciler.desired.yaml;

import org.jspecify.annotations.NullMarked;
