/**
 * Who really asks, when proxies stand before the edge: which of them are believed, and what they
 * say in header fields and in PROXY headers. Pure but for {@link dev.berth.proxy.front.Front},
 * which holds what is in force; no handlers.
 */
@NullMarked
package dev.berth.proxy.front;

import org.jspecify.annotations.NullMarked;
