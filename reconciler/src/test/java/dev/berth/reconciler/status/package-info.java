/** Tests of the status, and what other modules test with: sample passes, a history in memory. */
@NullMarked
package dev.berth.reconciler.status;

import org.jspecify.annotations.NullMarked;
