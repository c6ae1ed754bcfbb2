/**
 * HTTP/3 towards clients (RFC 9114) over QUIC (RFC 9000): frames to checked request heads and
 * bodies, and answers to frames. Netty and quiche do packets, streams, framing and QPACK; what a
 * stream of frames may mean is decided here and in {@code fields}. Nothing outside of this package
 * may name a class of QUIC, so that an edge without HTTP/3 loads none.
 */
@NullMarked
package dev.berth.proxy.h3;

import org.jspecify.annotations.NullMarked;
