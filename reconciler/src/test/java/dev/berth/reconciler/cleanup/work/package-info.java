@NullMarked
package dev.berth.reconciler.cleanup.work;

import org.jspecify.annotations.NullMarked;
