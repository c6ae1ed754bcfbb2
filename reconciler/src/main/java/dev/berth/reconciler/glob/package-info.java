/** Patterns for paths, for all that read some. Knows no files and nothing of Berth. */
@NullMarked
package dev.berth.reconciler.glob;

import org.jspecify.annotations.NullMarked;
