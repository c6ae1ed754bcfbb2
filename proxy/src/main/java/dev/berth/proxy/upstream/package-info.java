/** The backend's side of the proxy: connections, their pool on each event loop, and the codec. */
@NullMarked
package dev.berth.proxy.upstream;

import org.jspecify.annotations.NullMarked;
