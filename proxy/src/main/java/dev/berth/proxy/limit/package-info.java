/** How long the edge waits for each thing, and the one clock per connection that enforces it. */
@NullMarked
package dev.berth.proxy.limit;

import org.jspecify.annotations.NullMarked;
