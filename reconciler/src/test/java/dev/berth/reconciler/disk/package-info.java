@NullMarked
package dev.berth.reconciler.disk;

import org.jspecify.annotations.NullMarked;
