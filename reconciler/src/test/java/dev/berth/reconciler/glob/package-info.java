@NullMarked
package dev.berth.reconciler.glob;

import org.jspecify.annotations.NullMarked;
