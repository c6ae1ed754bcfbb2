/** How connections end without loss of what was sent last. */
@NullMarked
package dev.berth.proxy.closing;

import org.jspecify.annotations.NullMarked;
