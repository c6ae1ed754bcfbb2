/** Files that hold what Berth must not lose. */
@NullMarked
package dev.berth.reconciler.disk;

import org.jspecify.annotations.NullMarked;
