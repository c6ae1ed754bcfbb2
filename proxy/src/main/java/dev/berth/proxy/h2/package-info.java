/**
 * HTTP/2 towards clients (RFC 9113): frames to checked request heads and bodies, and answers to
 * frames. Netty does framing, HPACK and flow control; what a stream of frames may mean is decided
 * here, one rule a file. What {@code listen} does for HTTP/1.
 */
@NullMarked
package dev.berth.proxy.h2;

import org.jspecify.annotations.NullMarked;
