/** Which code is built when, and how far each build is. */
@NullMarked
package dev.berth.reconciler.build.queue;

import org.jspecify.annotations.NullMarked;
