/** Publishes route tables, awaits the edge's answer, counts what is in flight. */
@NullMarked
package dev.berth.reconciler.traffic;

import org.jspecify.annotations.NullMarked;
