@NullMarked
package dev.berth.reconciler.cleanup;

import org.jspecify.annotations.NullMarked;
