/** Tests against real Git: repos made by its command line, its HTTP backend, a real ssh server. */
@NullMarked
package dev.berth.reconciler.source;

import org.jspecify.annotations.NullMarked;
