/** When what was written goes to the kernel. */
@NullMarked
package dev.berth.proxy.flush;

import org.jspecify.annotations.NullMarked;
