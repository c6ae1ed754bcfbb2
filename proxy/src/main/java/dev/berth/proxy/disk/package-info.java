/** Files that the edge keeps for itself: a crash leaves them whole, and nobody else reads them. */
@NullMarked
package dev.berth.proxy.disk;

import org.jspecify.annotations.NullMarked;
