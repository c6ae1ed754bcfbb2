/** Derives, keeps and publishes status: the one writer of conditions. */
@NullMarked
package dev.berth.reconciler.status;

import org.jspecify.annotations.NullMarked;
