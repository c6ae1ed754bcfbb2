/**
 * The client's side: sockets, the HTTP/1.1 codec and the handlers that each enforce one rule on
 * what comes in.
 */
@NullMarked
package dev.berth.proxy.listen;

import org.jspecify.annotations.NullMarked;
