/**
 * Content codings: which one a client reads, what is worth it, and the encoders. Knows no exchange.
 */
@NullMarked
package dev.berth.proxy.encode;

import org.jspecify.annotations.NullMarked;
