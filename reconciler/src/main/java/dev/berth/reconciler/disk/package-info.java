/** Files that hold what Berth must not lose, and how much room there is for them. */
@NullMarked
package dev.berth.reconciler.disk;

import org.jspecify.annotations.NullMarked;
