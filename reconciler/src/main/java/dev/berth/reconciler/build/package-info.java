/** From a pinned tree to what can be served: images in the engine, sites on disk. */
@NullMarked
package dev.berth.reconciler.build;

import org.jspecify.annotations.NullMarked;
