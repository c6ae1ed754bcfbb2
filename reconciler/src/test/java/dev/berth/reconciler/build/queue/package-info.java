@NullMarked
package dev.berth.reconciler.build.queue;

import org.jspecify.annotations.NullMarked;
