@NullMarked
package dev.berth.reconciler.engine.dockerfile;

import org.jspecify.annotations.NullMarked;
