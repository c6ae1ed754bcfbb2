@NullMarked
package dev.berth.reconciler.foresight;

import org.jspecify.annotations.NullMarked;
